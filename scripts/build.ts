// SPDX-License-Identifier: Apache-2.0
import {relative} from 'node:path';
import {parseArgs} from 'node:util';
import {buildBinary} from './build/binary.ts';
import {projectRoot} from './build/bundle.ts';
import {buildLuci} from './build/luci.ts';
import {checkSizes} from './build/size-guard.ts';
import {nativeTarget, targets} from './build/targets.ts';

const usage = `npm run build -- [--arch ARCH|all] [--dev] [--sanitize] [--memory-limit MEGABYTES] [--luci]
Builds the router agent as one static program, build/ARCH/astral-mesh, and beside it astral-mesh-extras: parts that a
router may do without, read from there or from /usr/lib/astral-mesh/extras.

  --arch           ${targets.map(target => target.arch).join(', ')}, or all; this machine's if absent
  --dev            with the script's text and a parser in it, so that stack traces name lines (astral-mesh-dev)
  --sanitize       x86_64 with AddressSanitizer and UBSan, by the machine's own compiler
  --memory-limit   what the script may hold; beyond it, it gets an exception (default 32)
  --luci           only the LuCI app: its scripts in luci-app/htdocs and its texts in luci-app/po/templates`;

interface Options {
	readonly archs: readonly string[];
	readonly dev: boolean;
	readonly sanitize: boolean;
	readonly memoryLimitBytes: number | undefined;
	readonly luci: boolean;
}

function readOptions(): Options | undefined {
	const {values} = parseArgs({
		options: {
			arch: {type: 'string', default: nativeTarget.arch},
			dev: {type: 'boolean', default: false},
			sanitize: {type: 'boolean', default: false},
			'memory-limit': {type: 'string'},
			luci: {type: 'boolean', default: false},
			help: {type: 'boolean', default: false},
		},
	});
	if (values.help) return undefined;
	const limit = values['memory-limit'];
	const megabytes = limit === undefined ? undefined : Number(limit);
	if (megabytes !== undefined && !(megabytes >= 1 && megabytes <= 1024))
		throw new Error('--memory-limit is a number of megabytes, 1 to 1024');
	return {
		archs: values.arch === 'all' ? targets.map(target => target.arch) : values.arch.split(','),
		dev: values.dev,
		sanitize: values.sanitize,
		memoryLimitBytes: megabytes === undefined ? undefined : Math.round(megabytes * 1048576),
		luci: values.luci,
	};
}

async function run(options: Options): Promise<void> {
	if (options.luci) return buildLuciApp();
	const {dev, sanitize, memoryLimitBytes} = options;
	const isPlain = !dev && !sanitize && memoryLimitBytes === undefined;
	const complaints: string[] = [];
	for (const arch of options.archs) {
		const started = performance.now();
		const name = dev ? 'astral-mesh-dev' : 'astral-mesh';
		const limit = memoryLimitBytes === undefined ? {} : {memoryLimitBytes};
		const binary = await buildBinary({arch, entry: 'src/main/agent.ts', name, dev, sanitize, ...limit});
		const seconds = ((performance.now() - started) / 1000).toFixed(1);
		const path = relative(projectRoot, binary.path);
		const {extras} = binary;
		const beside = extras === undefined ? '' : `; extras ${extras.bytes} bytes, ${extras.gzipBytes} gzipped`;
		console.log(`${path}: ${binary.bytes} bytes, ${binary.gzipBytes} gzipped, ${seconds} s${beside}`);
		if (isPlain) complaints.push(...(await checkSizes(arch, binary)));
	}
	for (const complaint of complaints) console.error(complaint);
	if (complaints.length > 0) process.exitCode = 1;
}

async function buildLuciApp(): Promise<void> {
	const {files} = await buildLuci();
	for (const {path, bytes} of files) console.log(`${path}: ${bytes.length} bytes`);
}

try {
	const options = readOptions();
	if (options === undefined) console.log(usage);
	else await run(options);
} catch (error) {
	console.error((error as Error).message);
	process.exitCode = 1;
}
