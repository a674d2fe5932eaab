#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# apt.sh SUITES apt-get|apt-cache ARGUMENT...
# apt.sh SUITES sources
#
# Run apt on the Debian suites in SUITES, which are separated by commas. The suites
# that this machine uses do not matter. The sources, lists and downloads are in the
# project's cache. The mirror is the one that this machine uses. With "sources",
# print the sources.list(5).

set -euo pipefail
. "$(dirname "$0")/lib.sh"

keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# mirror PATTERN: print the mirror that this machine uses for the suite that matches
# PATTERN.
mirror() {
	apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' \
		'Created-By: Packages' |
		awk -v p="^($1)\$" '$1 ~ p && $2 == "main" && !n++ { print $3 }'
}

sources() {
	local codename suite uri

	codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-sid}")
	for suite in ${suites//,/ }; do
		case $suite in
		*-security)
			# It is no error if this machine uses no security suite.
			# The kernel is then older.
			uri=$(mirror '.*[-/](security|updates/security)')
			[[ $uri ]] || continue
			;;
		*)
			uri=$(mirror "$codename|stable|testing|unstable|sid")
			[[ $uri ]] || die "no Debian mirror in apt's sources," \
				"add one to /etc/apt/sources.list."
			;;
		esac
		echo "deb [signed-by=$keyring] $uri $suite main"
	done
}

suites=$1
shift
if [[ $1 == sources ]]; then
	sources
	exit
fi

dir=$cache/apt/$suites
mkdir -p "$dir/lists/partial" "$dir/archives/partial"

# Run only one process at a time. While another process writes the lists, apt would
# fail instead of waiting. While another process writes sources.list, the file is
# incomplete. The lock is held until apt ends.
exec 9>"$dir/lock"
flock 9
: >>"$dir/status"
sources >"$dir/sources.list"
# Without a preference, apt takes a package from backports or experimental only
# if no other suite has a package of this name. With this preference, apt takes
# the newest kernel.
printf '%s\n' 'Package: linux-*' 'Pin: version *' 'Pin-Priority: 500' \
	>"$dir/preferences"

# Accept a mirror that is a snapshot. The index files of a snapshot have expired.
exec "$1" \
	-o Dir::Etc::SourceList="$dir/sources.list" \
	-o Dir::Etc::SourceParts=/dev/null \
	-o Dir::Etc::Preferences="$dir/preferences" \
	-o Dir::Etc::PreferencesParts=/dev/null \
	-o Dir::State="$dir" \
	-o Dir::State::Status="$dir/status" \
	-o Dir::Cache="$dir" \
	-o APT::Architecture=amd64 \
	-o APT::Architectures=amd64 \
	-o APT::Sandbox::User=root \
	-o Acquire::Languages=none \
	-o Acquire::Check-Valid-Until=false \
	-o Acquire::Retries=3 \
	"${@:2}"
