// SPDX-License-Identifier: Apache-2.0
// The agent's optional sources alone, as a program for the bench's routers. Prints one line of JSON:
//
//     eyes batman                          the table that batman-adv's netlink gives
//     eyes babel SOCKET                    the table that babeld's socket gives
//     eyes echo ADDRESS COUNT PAUSE_MS     a summary of round trips
//     eyes position OPTION COUNT PAUSE_MS  the last of so many looks at where we are
import {RoundTrips} from '../../src/model/latency/round-trips.ts';
import type {Observation} from '../../src/model/observation.ts';
import type {Runtime} from '../../src/port/port.ts';
import {programArguments, quickjsRuntime} from '../../src/runtime/quickjs/runtime.ts';
import {Prober} from '../../src/source/latency/prober.ts';
import {openPosition} from '../../src/source/position/position.ts';
import {Batman} from '../../src/source/routing/batman.ts';
import {Babel} from '../../src/source/routing/daemons.ts';
import type {RoutingDriver} from '../../src/source/routing/driver.ts';

/** Longer than the prober waits for an answer. */
const LATE_MS = 3500;

const runtime = quickjsRuntime();
const {clock, log} = runtime;
const [command, ...words] = programArguments();
const failures: Observation[] = [];
const observe = (each: Observation): void => void failures.push(each);

function say(value: unknown): void {
	log.write('notice', JSON.stringify({value, failures}));
	runtime.exit(0);
}

function look(driver: RoutingDriver): void {
	driver.start();
	driver.read((protocol, table) => say({protocol, ...table}));
}

/** The same port, whose babeld listens elsewhere: a bench's routers share one file system. */
function withSocket(path: string): Runtime {
	return {
		...runtime,
		files: {...runtime.files, list: folder => (folder === '/var/run' ? ['babeld.sock'] : runtime.files.list(folder))},
		stream: (address, handlers) => runtime.stream(address.kind === 'unix' ? {kind: 'unix', path} : address, handlers),
	};
}

function echo(address: string, count: number, pauseMs: number): void {
	const prober = new Prober(runtime, observe);
	const trips = new RoundTrips();
	const target = {name: address, address, interfaceIndex: 0, isGuess: false};
	const next = (left: number): void => {
		if (left === 0) {
			clock.after(LATE_MS, () => {
				prober.expire();
				prober.close();
				say({...trips.take(), pathMtuBytes: runtime.pathMtuBytes(address)});
			});
			return;
		}
		prober.send(target, us => (us === undefined ? trips.lost() : trips.answered(us)));
		clock.after(pauseMs, () => next(left - 1));
	};
	prober.measure(target, runtime.pathMtuBytes(address) ?? 0);
	next(count);
}

function position(option: string, count: number, pauseMs: number): void {
	let last: Observation | undefined;
	const source = openPosition(runtime, {position: option, positionGridM: 0}, each => {
		if (each.kind === 'position') last = each;
		else observe(each);
	});
	source.start();
	const next = (left: number): void => {
		source.poll(() => {});
		if (left > 0) return void clock.after(pauseMs, () => next(left - 1));
		source.stop();
		say(last);
	};
	next(count);
}

const [first = '', second = 0, third = 0] = [words[0], Number(words[1]), Number(words[2])];
if (command === 'batman') look(new Batman(runtime, observe));
else if (command === 'babel') look(new Babel(withSocket(first), observe));
else if (command === 'echo') echo(first, second, third);
else position(first, second, third);
