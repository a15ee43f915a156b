// SPDX-License-Identifier: Apache-2.0
import type {Console} from './console.ts';
import type {FeedServer} from './feed-server.ts';
import {network} from './machines.ts';

export type PackageManager = 'opkg' | 'apk';

/** An OpenWrt that answers on its console: scripts are fetched from the host and run there. */
export class Router {
	readonly #console: Console;
	readonly #server: FeedServer;

	constructor(console: Console, server: FeedServer) {
		this.#console = console;
		this.#server = server;
	}

	get host(): string {
		return `http://${network.host}:${this.#server.port}`;
	}

	/** Gives the router its address on the network with the host, and no way beyond. */
	async connect(): Promise<string> {
		const {code, output} = await this.#console.run(
			`dmesg -n 1; d=br-lan; [ -e /sys/class/net/br-lan ] || d=eth0; ip link set $d up; ` +
				`ip addr add ${network.router}/24 dev $d; ip route del default 2>/dev/null; echo via $d`,
		);
		if (code !== 0) throw new Error(output);
		return output.trim();
	}

	/** Runs a script. Errors: an Error with what it printed when it ends with another code than 0. */
	async check(script: string, limitS = 120): Promise<string> {
		const address = `${this.host}${this.#server.script(script)}`;
		const {code, output} = await this.#console.run(`wget -q -O /tmp/check.sh ${address} && sh /tmp/check.sh`, limitS);
		if (code !== 0) throw new Error(`ended with ${code}: ${output.trim().slice(-600)}`);
		return output.trim();
	}

	async manager(): Promise<PackageManager> {
		const {output} = await this.#console.run('command -v apk >/dev/null && echo apk || echo opkg');
		return output.includes('apk') ? 'apk' : 'opkg';
	}

	/** The architecture that its package manager installs; of several the one that is preferred. */
	async arch(manager: PackageManager): Promise<string> {
		if (manager === 'apk') return this.check('apk --print-arch');
		return this.check("opkg print-architecture | sort -n -k 3 | tail -n 1 | cut -d ' ' -f 2");
	}
}

/** The commands of a package manager that this bench needs. */
export interface Manager {
	/** Trusts the key, and asks only our feed. */
	readonly prepare: (host: string, keyNumber: string, arch: string) => string;
	readonly update: string;
	readonly install: (names: string) => string;
	readonly upgrade: string;
	readonly remove: (names: string) => string;
	readonly version: string;
	readonly hasLuci: string;
}

export const managers: Readonly<Record<PackageManager, Manager>> = {
	opkg: {
		prepare: (host, number, arch) => `set -e
mkdir -p /etc/opkg/keys
wget -q -O /etc/opkg/keys/${number} ${host}/key/etc/opkg/keys/${number}
[ -f /etc/opkg/distfeeds.conf ] && mv /etc/opkg/distfeeds.conf /tmp/
echo 'src/gz astral_mesh ${host}/feed/${arch}' >/etc/opkg/customfeeds.conf`,
		update: 'opkg update',
		install: names => `opkg install ${names}`,
		upgrade: 'opkg upgrade astral-mesh',
		remove: names => `opkg remove ${names}`,
		version: "opkg list-installed astral-mesh | cut -d ' ' -f 3",
		hasLuci: '[ -e /usr/lib/opkg/info/luci-base.control ] && echo yes || echo no',
	},
	apk: {
		prepare: (host, _number, arch) => `set -e
mkdir -p /etc/apk/keys /etc/apk/repositories.d
wget -q -O /etc/apk/keys/astral-mesh.pem ${host}/key/etc/apk/keys/astral-mesh.pem
[ -f /etc/apk/repositories.d/distfeeds.list ] && mv /etc/apk/repositories.d/distfeeds.list /tmp/
echo '${host}/feed/${arch}/packages.adb' >/etc/apk/repositories.d/customfeeds.list`,
		update: 'apk update',
		install: names => `apk add ${names}`,
		upgrade: 'apk upgrade astral-mesh',
		remove: names => `apk del ${names}`,
		version: "apk list --installed --manifest astral-mesh | cut -d ' ' -f 2",
		hasLuci: '[ -e /lib/apk/packages/luci-base.list ] && echo yes || echo no',
	},
};
