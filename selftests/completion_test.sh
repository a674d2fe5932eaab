#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Completion for bash offers every command, every option of each command, and the
# values of options.
#
# Depends on: nothing.

# shellcheck source=tap.sh disable=SC2086,SC2317
. "$(dirname "$0")/tap.sh"

need_program
script=$(dirname "$0")/../userspace/completion/mmapdemo
[[ -r $script ]] || skip_all "the script is not in ../userspace/completion"
# shellcheck source=../userspace/completion/mmapdemo
. "$script"

# completes WORD...: let bash complete the last word. Set $offered to the words
# that bash offers.
completes() {
	COMP_WORDS=(mmapdemo "$@")
	COMP_CWORD=$#
	_mmapdemo
	offered=" ${COMPREPLY[*]} "
}

# offers WORD...: check that $offered contains each of these words.
offers() {
	local word

	for word; do
		[[ $offered == *" $word "* ]] || {
			echo "no $word in:$offered"
			return 1
		}
	done
}

# Print the commands that --help lists.
commands() {
	mmapdemo --help | awk '/^  [a-z]+ / { print $1 }'
}

every_command() {
	local listed

	listed=$(commands)
	within 10 99 "$(wc -w <<<"$listed")" commands &&
		completes '' && offers $listed --help --version &&
		completes wa && equal ' walk ' "$offered" 'what wa begins'
}

# listed COMMAND: set $options to the options that its help lists, and $named to these
# options and to those that the lines of the list name.
listed() {
	local line

	options=() named=' '
	while IFS= read -r line; do
		[[ $line =~ ^\ +- ]] || continue
		[[ ! $line =~ ^\ +(-.,\ +)?(--[a-z-]+) ]] || options+=("${BASH_REMATCH[2]}")
		while [[ $line =~ --[a-z-]+ ]]; do
			named+="${BASH_REMATCH[0]} "
			line=${line#*"${BASH_REMATCH[0]}"}
		done
	done < <(mmapdemo $1 --help)
}

# The completion must offer all options that the help lists, and no others.
every_option() {
	local command option options named

	for command in $(commands); do
		listed $command
		[[ ${options[*]} ]] || ! echo "no option of $command" || return
		completes $command --
		offers --help "${options[@]}" || return
		for option in "${COMPREPLY[@]}"; do
			[[ $named == *" $option "* ]] || {
				echo "$command has no $option"
				return 1
			}
		done
	done
}

values() {
	completes trace --color '' && offers auto always never &&
		completes tour --lang z && equal ' zh ' "$offered" languages &&
		completes tour '' && offers 1 19 &&
		completes read --method p && offers page pfn prepare &&
		completes top --sort m && offers major mean &&
		completes trace -p '' && offers 1 $$ &&
		completes maps '' && offers $$ &&
		completes report '' && equal '  ' "$offered" 'words for a file' &&
		completes report --by ca && equal ' caller ' "$offered" tables &&
		completes report -b c && equal ' caller class ' "$offered" \
			'tables by the letter' &&
		completes report -F f && equal ' folded folded-waits ' "$offered" formats &&
		completes trace -- -- && equal '  ' "$offered" "another's options"
}

# bash splits "--by=c" into three words, and "--by=" into two.
values_after_equals() {
	completes report --by = c && equal ' caller class ' "$offered" tables &&
		completes report --format = && offers text folded &&
		completes trace --color = a && equal ' auto always ' "$offered" \
			colours && completes trace --pid = $$ && offers $$
}

# Where a number is expected, the completion must offer neither files nor
# processes.
numbers() {
	completes maps --watch '' && equal '  ' "$offered" 'seconds of maps' &&
		completes top -I '' && equal '  ' "$offered" 'seconds of top' &&
		completes walk --json '' && offers $$
}

echo "TAP version 13"
check 'every command is completed' every_command
check 'every option is completed' every_option
check 'values are completed' values
check 'values after = are completed' values_after_equals
check 'numbers are not completed' numbers
finish
