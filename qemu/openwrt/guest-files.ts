// SPDX-License-Identifier: Apache-2.0
import {execFile} from 'node:child_process';
import {chmod, copyFile, mkdir, readFile, writeFile} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {promisify} from 'node:util';
import {readIpk} from '../../scripts/package/ipk.ts';

const execute = promisify(execFile);
const standIn = join(import.meta.dirname, 'stand-in');
const INFO = '/usr/lib/opkg/info';

/** Lays what a guest needs into the folder it sees as /host: stand-ins, and socat with its libraries. */
export async function layOut(share: string): Promise<void> {
	const folder = join(share, 'openwrt');
	await mkdir(join(folder, 'lib'), {recursive: true});
	for (const name of ['rc.common', 'functions.sh', 'uci']) await copyFile(join(standIn, name), join(folder, name));
	await chmod(join(folder, 'uci'), 0o755);
	const {stdout: socat} = await execute('which', ['socat']);
	const {stdout: linked} = await execute('ldd', [socat.trim()]);
	for (const library of [...linked.matchAll(/(\/\S+) \(0x/g)].map(match => match[1] ?? ''))
		await copyFile(library, join(folder, 'lib', basename(library)));
	await copyFile(socat.trim(), join(folder, 'socat'));
}

/** The script that makes a guest enough of an OpenWrt for the package's scripts. */
export const prepareScript = `set -e
mkdir -p /etc/init.d /etc/config /lib /usr/sbin /usr/bin ${INFO} /var/run/ubus /var/log
cp /host/openwrt/rc.common /etc/rc.common
cp /host/openwrt/functions.sh /lib/functions.sh
cp /host/openwrt/uci /bin/uci
chmod 755 /bin/uci
echo "DISTRIB_ID='stand-in'" >/etc/openwrt_release
ln -sf /bin/busybox /bin/wifi 2>/dev/null || true`;

/** Writes a package's files where the guest sees them, and answers the script that installs it as opkg would. */
export async function installScript(share: string, ipk: Uint8Array, upgrade = false): Promise<string> {
	const {control, controlFiles, data} = readIpk(ipk);
	const name = control.get('Package') ?? '';
	const folder = join(share, 'openwrt', 'package');
	const lines = ['set -e'];
	const put = async (path: string, bytes: Uint8Array, mode: number, isConfiguration: boolean): Promise<void> => {
		const flat = path.replaceAll('/', '%');
		await mkdir(folder, {recursive: true});
		await writeFile(join(folder, flat), bytes);
		const keep = isConfiguration && upgrade ? `[ -e '${path}' ] || ` : '';
		lines.push(`mkdir -p "$(dirname '${path}')"`);
		lines.push(
			`${keep}{ rm -f '${path}'; cp '/host/openwrt/package/${flat}' '${path}'; chmod ${mode.toString(8)} '${path}'; }`,
		);
	};
	const conffiles = controlFiles.find(each => each.name === './conffiles')?.bytes;
	const kept = conffiles === undefined ? [] : Buffer.from(conffiles).toString().split('\n');
	const paths: string[] = [];
	for (const entry of data)
		if (entry.bytes !== undefined) {
			const path = entry.name.slice(1);
			paths.push(path);
			await put(path, entry.bytes, entry.mode, kept.includes(path));
		}
	for (const entry of controlFiles)
		if (entry.bytes !== undefined) await put(`${INFO}/${name}.${entry.name.slice(2)}`, entry.bytes, entry.mode, false);
	await put(`${INFO}/${name}.list`, Buffer.from(`${paths.join('\n')}\n`), 0o644, false);
	lines.push(`${upgrade ? 'PKG_UPGRADE=1 ' : ''}${INFO}/${name}.postinst configure`);
	return lines.join('\n');
}

/** What opkg does to remove a package: its script before, its files, its script after, its own records. */
export const removeScript = (name: string): string => `${INFO}/${name}.prerm remove
while read -r path; do rm -f "$path"; done <${INFO}/${name}.list
[ -x ${INFO}/${name}.postrm ] && ${INFO}/${name}.postrm remove
rm -f ${INFO}/${name}.*
rmdir /usr/libexec/astral-mesh /usr/share/shared-state/publishers /etc/shared-state/publishers 2>/dev/null
exit 0`;

/** Files of the whole root, but for what lives in memory by nature. */
export const listScript =
	'find / -xdev \\( -path /proc -o -path /sys -o -path /dev -o -path /host -o -path /tmp -o -path /run -o -path /var/run -o -path /var/log \\) -prune -o -type f -print | sort';

export const readFileOf = (folder: string, name: string): Promise<Buffer> => readFile(join(folder, name));
