#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# First process of every bench: mounts what the tools need and the shared folder, runs a first script if there is
# one, then the numbered scripts that the host names on the console, until the console ends or says quit.
export PATH=/bin:/sbin:/usr/bin:/usr/sbin HOME=/tmp
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts /tmp /run /host
mount -t devpts devpts /dev/pts
mount -t debugfs debugfs /sys/kernel/debug
mount -t tmpfs tmpfs /tmp
mount -t tmpfs tmpfs /run
stty -echo -icanon min 1 2>/dev/null
share= radios=2 modules=
for word in $(cat /proc/cmdline); do
	case $word in
	bench.share=*) share=${word#*=} ;;
	bench.radios=*) radios=${word#*=} ;;
	bench.modules=*) modules=$(echo "${word#*=}" | tr , ' ') ;;
	esac
done
for module in $modules; do
	case $module in
	mac80211_hwsim) modprobe mac80211_hwsim radios="$radios" ;;
	*) modprobe "$module" ;;
	esac
done
case $share in
/*) mount -t hostfs -o "$share" none /host ;;
*) mount -t 9p -o trans=virtio,version=9p2000.L,msize=131072,cache=none "$share" /host ;;
esac
dmesg -n 1
ip link set lo up
echo "bench ready $?"
if [ -f /host/first.sh ]; then
	/bin/sh /host/first.sh >/host/first.out 2>&1 </dev/null
	echo "bench done first $?"
fi
while read -r number; do
	[ "$number" = quit ] && break
	/bin/sh "/host/$number.sh" >"/host/$number.out" 2>&1 </dev/null
	echo "bench done $number $?"
done
poweroff -f
