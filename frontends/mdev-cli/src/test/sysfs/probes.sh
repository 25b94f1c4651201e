#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Asks a sysfs how it behaves, a line for each question. Run on the kernel's /sys and on a mounted tree, it has to print
# the same: names below are of things that both have. It changes nothing.
#
# Usage: probes.sh BUS LINK FILE
#   BUS   a directory of /sys/bus; its drivers_autoprobe (0644) gets what it has, its drivers_probe (0200) nonsense
#   LINK  a link of /sys/class to a device
#   FILE  a file of that device, of mode 0444
set -u
export LC_ALL=C
bus=/sys/bus/$1
link=/sys/class/$2
file=$link/$3

# What a command says of its failure, without the names in it.
ask() {
  what=$1
  shift
  said=$("$@" 2>&1 >/dev/null)
  status=$?
  printf '%s: %s %s\n' "$what" "$status" "${said##*: }"
}
# dd, since a shell doesn't say why a write failed.
write() { printf '%s' "$1" | dd of="$2" status=none; }
append() { printf '%s' "$1" | dd of="$2" oflag=append conv=notrunc status=none; }
read_both() { : <>"$1"; }
read_closed() { exec 3<"$1"; exec 3<&-; }
dd_at() { dd if="$1" bs=1 skip="$2" count=1 status=none; }
shape() { printf '%s: %s\n' "$1" "$(stat -c '%F, mode %a, size %s, blocks %b, owner %u:%g, block size %o' "$2")"; }
length() { [ "$(wc -c <"$1")" = "$(cat "$1" | wc -c)" ] && echo same || echo differs; }

shape 'a directory' "$bus"
shape 'a link' "$link"
shape 'a 0444 file' "$file"
shape 'a 0644 file' "$bus/drivers_autoprobe"
shape 'a 0200 file' "$bus/drivers_probe"
printf 'a link leads up and down: %s\n' "$(readlink "$link" | grep -c '^\.\./\.\./devices/')"
printf 'what cat prints ends with a newline: %s\n' "$(tail -c 1 "$file" | od -An -c | tr -d ' ')"
printf 'what cat prints has a NUL: %s\n' "$(tr -dc '\000' <"$file" | wc -c)"
printf 'twice the same length: %s\n' "$(length "$file")"
printf 'a byte at offset 1 is the second: %s\n' "$([ "$(dd_at "$file" 1)" = "$(cut -c2 <"$file" | head -n 1)" ] && echo yes)"
printf 'bytes at offset 4000: %s\n' "$(dd_at "$file" 4000 | wc -c)"
printf 'bytes at offset 5000: %s\n' "$(dd_at "$file" 5000 2>/dev/null | wc -c)"

ask 'read a 0200 file' cat "$bus/drivers_probe"
ask 'write a 0444 file' write 1 "$file"
ask 'open a 0444 file for both' read_both "$file"
ask 'open a 0200 file for both' read_both "$bus/drivers_probe"
ask 'open a 0644 file for both' read_both "$bus/drivers_autoprobe"
ask 'read a directory' cat "$bus"
ask 'write a directory' write 1 "$bus"
ask 'read what is not there' cat "$bus/nothing"
ask 'a file as a directory' cat "$file/x"
ask 'list a file as a directory' ls "$file/"

ask 'write what is not there' write 1 "$bus/nothing"
ask 'append to what is not there' append 1 "$bus/nothing"
ask 'mkdir' mkdir "$bus/nothing"
ask 'mkdir over a file' mkdir "$bus/uevent"
ask 'mkfifo' mkfifo "$bus/nothing"
ask 'symlink' ln -s /tmp "$bus/nothing"
ask 'link' ln "$bus/uevent" "$bus/nothing"
ask 'unlink a file' unlink "$bus/uevent"
ask 'unlink a link' unlink "$link"
ask 'unlink what is not there' unlink "$bus/nothing"
ask 'rmdir' rmdir "$bus/devices"
ask 'rename' mv -T "$bus/uevent" "$bus/nothing"
ask 'rename a directory' mv -T "$bus/devices" "$bus/nothing"

ask 'truncate a 0644 file' truncate -s 0 "$bus/drivers_autoprobe"
ask 'truncate a 0444 file' truncate -c -s 0 "$file"
ask 'touch' touch -c "$bus/drivers_autoprobe"
ask 'chmod to what it is' chmod 0644 "$bus/drivers_autoprobe"
ask 'chown to what it is' chown 0:0 "$bus/drivers_autoprobe"
printf 'size after truncating: %s\n' "$(stat -c %s "$bus/drivers_autoprobe")"
ask 'store what is there' write "$(cat "$bus/drivers_autoprobe")" "$bus/drivers_autoprobe"
ask 'append what is there' append "$(cat "$bus/drivers_autoprobe")" "$bus/drivers_autoprobe"
ask 'store nothing' write '' "$bus/drivers_probe"
ask 'store nonsense' write 'no such device' "$bus/drivers_probe"
ask 'sync' sync "$file"
ask 'a long name' cat "$bus/$(printf '%0255d' 0)"
ask 'a name that is too long' cat "$bus/$(printf '%0256d' 0)"
ask 'run a file' "$file"
printf 'find sees no error: %s\n' "$(find "$bus" "$link/" -maxdepth 1 2>&1 >/dev/null | wc -l)"
