// SPDX-License-Identifier: Apache-2.0
// The collector's command line.

import {startCollector} from '../noc/collector.ts';
import {parseNocArguments, usage} from '../noc/command-line.ts';

const words = process.argv.slice(2);
try {
	const parsed = await parseNocArguments(words);
	if (parsed.kind === 'text') console.log(parsed.text);
	else {
		const collector = await startCollector(parsed.options);
		console.log(`mesh-noc: ${collector.httpUrl}`);
		if (collector.mqttPort > 0) console.log(`mesh-noc: MQTT on port ${collector.mqttPort}`);
		if (collector.mqttsPort > 0) console.log(`mesh-noc: MQTT over TLS on port ${collector.mqttsPort}`);
		let stopping = false;
		const stop = () => {
			if (stopping) process.exit(1);
			stopping = true;
			collector.stop().then(
				() => process.exit(0),
				(error: unknown) => {
					console.error(`mesh-noc: ${error instanceof Error ? error.message : String(error)}`);
					process.exit(1);
				},
			);
		};
		process.on('SIGINT', stop);
		process.on('SIGTERM', stop);
	}
} catch (error) {
	console.error(`mesh-noc: ${error instanceof Error ? error.message : String(error)}`);
	if (error instanceof TypeError) console.error(usage);
	process.exitCode = 1;
}
