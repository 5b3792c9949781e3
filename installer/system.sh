#!/bin/sh
# Installs the system packages that are missing, or prints the one command to type.
# Usage: system.sh GROUP [GROUP]   (groups of system-packages.txt: run, test)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-python3}
libraries=$( (ldconfig -p || /sbin/ldconfig -p) 2>/dev/null || true)

present() {
    case "$1" in
        command:*) command -v "${1#command:}" >/dev/null 2>&1 ;;
        library:*) printf '%s' "$libraries" | grep -qF "${1#library:} " ;;
        python:*) "$python" -c "import ${1#python:}" >/dev/null 2>&1 ;;
        file:*) ls ${1#file:} >/dev/null 2>&1 ;; # unquoted on purpose: the path may be a pattern
        *) echo "system-packages.txt: не понимаю признак $1" >&2; exit 2 ;;
    esac
}

missing=""
for group in "$@"; do
    while read -r line_group package probe; do
        [ "$line_group" = "$group" ] || continue
        present "$probe" || missing="$missing $package"
    done <"$here/system-packages.txt"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "Не хватает системных библиотек:$missing"
    echo "Установите их средствами вашей системы и повторите."
    exit 1
fi
if [ "$(id -u)" != 0 ]; then
    echo "Не хватает системных библиотек. Выполните и повторите:"
    echo "    sudo apt-get install -y --no-install-recommends$missing"
    exit 1
fi
echo "Ставлю системные библиотеки:$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086  # a list of words
apt-get install -y -qq --no-install-recommends $missing >/dev/null
