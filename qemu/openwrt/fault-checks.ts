// SPDX-License-Identifier: Apache-2.0
import {type BenchRouter, LOG, SOCKET} from './bench-router.ts';
import {type Checks, expect, waitFor} from './check.ts';

// What a router does to the service: its bus goes or is not there yet, its flash cannot be written.

export async function checkFaults(checks: Checks, router: BenchRouter): Promise<void> {
	const {mesh, server, run, configure, pid, ask, startBus, restart} = router;
	await checks.run('ubusd: gone and back, the object is there again', async () => {
		server.bus.drop();
		await waitFor('object on the bus', () => server.bus.find('astral-mesh'));
		return ((await ask('status')) !== undefined && 'answers again') || '';
	});
	await checks.run('ubusd: missing at the start, the service runs; it comes, and so does the object', async () => {
		await run(
			`/etc/init.d/astral-mesh stop; kill $(pidof socat); rm -f ${SOCKET}; : >${LOG}; /etc/init.d/astral-mesh start`,
		);
		await waitFor('word of it in the log', async () => /no connection to ubusd/.exec(await run(`cat ${LOG}`))?.[0]);
		await new Promise(resolve => setTimeout(resolve, 4000));
		await run(`kill -0 ${await pid()}`);
		await startBus();
		await waitFor('object on the bus', () => server.bus.find('astral-mesh'));
		const said = (await run(`cat ${LOG}`)).split('no connection to ubusd').length - 1;
		expect(said === 1, `said ${said} times`);
		return 'said once in the log';
	});
	await checks.run('/etc: read-only, the service starts with its settings', async () => {
		await configure();
		await mesh.guest.check('mount --bind /etc /etc && mount -o remount,bind,ro /etc');
		try {
			expect((await mesh.guest.run('touch /etc/x')).code !== 0, '/etc can be written');
			await restart();
		} finally {
			await mesh.guest.check('umount /etc');
		}
		return `pid ${await pid()}`;
	});
	await checks.run('/etc: full, the service starts with its settings', async () => {
		await mesh.guest.check(`mkdir -p /tmp/full && mount -t tmpfs -o size=1m full /tmp/full && cp -a /etc/. /tmp/full/
mount --move /tmp/full /etc; cat /dev/zero >/etc/filler 2>/dev/null; ! echo more >/etc/more`);
		try {
			await restart();
		} finally {
			await mesh.guest.check('umount /etc');
		}
		return `pid ${await pid()}`;
	});
}
