# SPDX-License-Identifier: Apache-2.0
# Stands in for what OpenWrt's base-files do when a package comes or goes: the user it requires, its first-boot scripts, its
# own script, its services.

INFO=/usr/lib/opkg/info

package_name() { basename "${1%.*}"; }

default_postinst() {
	local name number script
	name="$(package_name "$1")"
	for number in $(sed -n 's/^Require-User: *//p' "$INFO/$name.control" | cut -d: -f1); do
		grep -q "^$number:" /etc/passwd || echo "$number:x:32768:32768:$number:/var/run/$number:/bin/false" >>/etc/passwd
		grep -q "^$number:" /etc/group || echo "$number:x:32768:" >>/etc/group
	done
	for script in $(grep '^/etc/uci-defaults/' "$INFO/$name.list"); do
		[ -f "$script" ] && (. "$script") && rm -f "$script"
	done
	[ -f "$INFO/$name.postinst-pkg" ] && (. "$INFO/$name.postinst-pkg")
	for script in $(grep '^/etc/init.d/' "$INFO/$name.list"); do
		"$script" enable
		"$script" start
	done
	return 0
}

default_prerm() {
	local name script
	name="$(package_name "$1")"
	[ -f "$INFO/$name.prerm-pkg" ] && (. "$INFO/$name.prerm-pkg")
	for script in $(grep '^/etc/init.d/' "$INFO/$name.list"); do
		[ "$PKG_UPGRADE" = 1 ] || "$script" disable
		"$script" stop
	done
	return 0
}
