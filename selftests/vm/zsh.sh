#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# zsh.sh
#
# Test the completion for zsh in an interactive zsh on a terminal. The output is in
# TAP format. zsh is installed if it is missing. The test needs no guest, because
# only the program's --help is used.

# shellcheck disable=SC2317 # functions are called by check

set -uo pipefail
. "$(dirname "$0")/lib.sh"
. "$top/selftests/tap.sh"

export PATH=$top/build/userspace:$PATH LC_ALL=C.UTF-8

# in_zsh: run zsh in terminal.py, with the completion loaded. stdin is the script.
# Each line that is typed replaces the previous line.
in_zsh() {
	TERM=xterm python3 "$top/selftests/terminal.py" 50 100 zsh -f < <(
		cat <<-END
			types PS1='> '; fpath=($top/userspace/completion \$fpath)\\n
			types autoload -Uz compinit; compinit -D -u; echo rea""dy\\n
			shows ^ready\$
		END
		sed 's/^types /&\\x15\\x0c/'
		printf '%s\n' 'types \x15exit\n' 'ends 0'
	)
}

is_zsh() {
	zsh -n "$top/userspace/completion/_mmapdemo"
}

commands() {
	mmapdemo --help | awk '/^  [a-z]+ / { print $1 }'
}

completes_every_command() {
	{
		printf '%s\n' 'types mmapdemo wal\t' 'shows ^> mmapdemo walk$' \
			'types mmapdemo \t'
		commands | sed 's/.*/shows ^& +-- /'
		echo 'shows ^--version'
	} | in_zsh
}

completes_every_option() {
	local command

	for command in $(commands); do
		printf '%s\n' "types mmapdemo $command --\\t"
		mmapdemo "$command" --help | sed -nE \
			's/^ +(-., +)?(--[a-z-]+).*/shows ^\2 /p'
	done | in_zsh
}

completes_values() {
	in_zsh <<-'END'
		types mmapdemo trace --color al\t
		shows ^> mmapdemo trace --color always$
		types mmapdemo tour --lang z\t
		shows ^> mmapdemo tour --lang zh$
		types mmapdemo tour 19\t
		shows ^> mmapdemo tour 19$
		types mmapdemo report --by ca\t
		shows ^> mmapdemo report --by caller$
		types mmapdemo report --by=ca\t
		shows ^> mmapdemo report --by=caller$
		types mmapdemo report -b ca\t
		shows ^> mmapdemo report -b caller$
		types mmapdemo report --format=fo\t
		shows ^> mmapdemo report --format=folded$
		types mmapdemo report /etc/passw\t
		shows /etc/passwd
		types mmapdemo trace -- ls --recurs\t
		shows ^> mmapdemo trace -- ls --recursive$
	END
}

"$vm/deps.sh" zsh python3 >/dev/null 2>&1 ||
	skip_all "zsh can't be installed"
echo 'TAP version 13'
check 'the completion is a script of zsh' is_zsh
check 'zsh completes every command' completes_every_command
check 'zsh completes every option' completes_every_option
check 'zsh completes values' completes_values
finish
