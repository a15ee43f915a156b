// SPDX-License-Identifier: Apache-2.0
/**
 * The shell script that makes a topology inside a guest.
 *
 * One network namespace per router; 802.11s without forwarding, unless the topology wants it (with it a dense mesh livelocks),
 * and batman-adv above, as LibreMesh does. Bridge-loop avoidance is off, since it
 * blocks the first seconds (the guest without batctl has a kernel without it).
 */
import {expectedPeers, linkBetween, type PlacedRadio, placeRadios, type Topology} from './topology.ts';

const unheardDbm = -128;
/** Shorter than the usual second, so that a bench has its routes soon. */
const originatorMs = 250;

/** The medium a guest's kernel has: ours with links and conditions, or stock hwsim where everyone hears everyone. */
export type Medium = 'lab' | 'stock';

/** A router's address on the mesh. */
export function meshAddress(topology: Topology, router: string): string {
	return `10.77.0.${topology.routers.findIndex(one => one.name === router) + 1}`;
}

function permille(share: number): number {
	return Math.round(share * 1000);
}

/** The lines for the medium's `lab` file. */
export function mediumLines(topology: Topology): string[] {
	const radios = placeRadios(topology);
	const links = radios.flatMap(from =>
		radios.flatMap(to => {
			if (from === to) return [];
			const link = linkBetween(topology, from, to);
			const signalDbm = link?.signalDbm ?? unheardDbm;
			return `link ${from.number} ${to.number} ${signalDbm} ${permille(link?.lossShare ?? 0)}`;
		}),
	);
	const channels = (topology.channels ?? []).flatMap(channel => {
		const condition = `${channel.mhz} ${permille(channel.busyShare)} ${channel.noiseDbm}`;
		if (channel.router === undefined) return `channel -1 ${condition}`;
		return radios.filter(radio => radio.router === channel.router).map(radio => `channel ${radio.number} ${condition}`);
	});
	return [...links, ...channels];
}

function joinLines(radio: PlacedRadio, {beaconIntervalTu = 100, forwards = false}: Topology): string[] {
	const inside = `ip netns exec ${radio.router}`;
	const name = radio.interfaceName;
	return [
		`iw dev wlan${radio.number} del`,
		`iw phy phy${radio.number} set netns name ${radio.router}`,
		`${inside} iw phy phy${radio.number} interface add ${name} type mp`,
		`${inside} ip link set ${name} mtu 1532 up`,
		`${inside} iw dev ${name} mesh join bench freq ${radio.mhz} HT20 beacon-interval ${beaconIntervalTu} mesh_fwding=${forwards ? 1 : 0}`,
		`${inside} ip link set ${name} master bat0`,
	];
}

/** The script that sets the topology up. It ends before the mesh has formed. */
export function setupScript(topology: Topology, medium: Medium): string {
	const radios = placeRadios(topology);
	const lines = ['set -e', 'iw reg set ES'];
	if (medium === 'lab')
		lines.push("cat >/sys/kernel/debug/ieee80211/phy0/hwsim/lab <<'END'", ...mediumLines(topology), 'END');
	for (const {number, tsfOffsetUs} of radios)
		if (medium === 'lab' && tsfOffsetUs !== 0)
			lines.push(`echo ${tsfOffsetUs} >/sys/kernel/debug/ieee80211/phy${number}/hwsim/tsf_offset`);
	for (const {name} of topology.routers) {
		const inside = `ip netns exec ${name}`;
		lines.push(`ip netns add ${name}`, `${inside} ip link set lo up`, `${inside} ip link add bat0 type batadv`);
		for (const radio of radios) if (radio.router === name) lines.push(...joinLines(radio, topology));
		lines.push(
			`if command -v batctl >/dev/null; then ${inside} batctl meshif bat0 bridge_loop_avoidance 0`,
			`${inside} batctl meshif bat0 orig_interval ${originatorMs}; fi`,
			`${inside} ip addr add ${meshAddress(topology, name)}/24 dev bat0`,
			`${inside} ip link set bat0 up`,
		);
	}
	return lines.join('\n');
}

/** The script that waits until every radio has its peers; it fails after `limitS` seconds of the guest's time. */
export function awaitMeshScript(topology: Topology, limitS: number): string {
	const lines = [
		`end=$(($(cut -d. -f1 /proc/uptime) + ${limitS}))`,
		'peers() { # router interface count',
		'	while [ "$(ip netns exec "$1" iw dev "$2" station dump | grep -c ESTAB)" -lt "$3" ]; do',
		'		if [ "$(cut -d. -f1 /proc/uptime)" -ge "$end" ]; then echo "$1 $2 lacks peers"; exit 1; fi',
		'		sleep 0.1',
		'	done',
		'}',
	];
	for (const [radio, count] of expectedPeers(topology))
		lines.push(`peers ${radio.router} ${radio.interfaceName} ${count}`);
	lines.push('echo "mesh complete at $(cut -d" " -f1 /proc/uptime) s"');
	return lines.join('\n');
}

/** The guest's network card towards the host is bridged to a card in every router, each with an address of its own. */
export function uplinkScript(topology: Topology, device: string): string {
	const lines = ['set -e', 'ip link add uplink type bridge', `ip link set ${device} master uplink`];
	lines.push(`ip link set ${device} up`, 'ip link set uplink up');
	topology.routers.forEach(({name}, index) => {
		const inside = `ip netns exec ${name}`;
		lines.push(
			`ip link add up${index} type veth peer name uplink netns ${name}`,
			`ip link set up${index} master uplink up`,
			`${inside} ip addr add 10.0.2.${100 + index}/24 dev uplink`,
			`${inside} ip link set uplink up`,
		);
	});
	return lines.join('\n');
}

/** The host as the guest sees it (QEMU's user networking). */
export const hostAddress = '10.0.2.2';
