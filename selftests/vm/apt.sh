#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# apt.sh SUITES apt-get|apt-cache ARGUMENT...
# apt.sh SUITES sources
#
# Runs apt on the given suites of Debian, comma separated, whatever suites this
# machine is on: with sources, lists and downloads of its own below our cache,
# from the mirror this machine uses. "sources" prints the sources.list(5).

set -euo pipefail
. "$(dirname "$0")/lib.sh"

keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# mirror PATTERN: where this machine gets the suite from that matches.
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
			# A machine without it has the older kernel, no error.
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

# One at a time: apt fails instead of waiting for another's lists, and while the
# sources are written they name no packages. The lock is apt's until it ends.
exec 9>"$dir/lock"
flock 9
: >>"$dir/status"
sources >"$dir/sources.list"

# The mirror may be a snapshot, whose index files are past their validity.
exec "$1" \
	-o Dir::Etc::SourceList="$dir/sources.list" \
	-o Dir::Etc::SourceParts=/dev/null \
	-o Dir::Etc::Preferences=/dev/null \
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
