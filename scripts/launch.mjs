// SPDX-License-Identifier: Apache-2.0
// The one script that runs before anything is installed: it installs the npm packages when they are missing or old,
// then hands over to scripts/<command>.ts.
import {spawn, spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [command, ...rest] = process.argv.slice(2);

function fail(sentence) {
	console.error(sentence);
	process.exit(1);
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) fail(`mesh-noc needs Node 20.19 or newer; this is ${process.version}.`);

const commands = readdirSync(join(root, 'scripts'))
	.filter(name => name.endsWith('.ts'))
	.map(name => name.slice(0, -3));
if (command === undefined || !commands.includes(command))
	fail(`Usage: node scripts/launch.mjs COMMAND, where COMMAND is one of ${commands.join(', ')}.`);

installPackages();
process.chdir(root);
const child = spawn(process.execPath, ['--import=tsx', join('scripts', `${command}.ts`), ...rest], {stdio: 'inherit'});
// Ctrl-C reaches the child through the terminal; a plain kill of this process must reach it too.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));

function installPackages() {
	const lock = createHash('sha256')
		.update(readFileSync(join(root, 'package-lock.json')))
		.digest('hex');
	const stamp = join(root, 'node_modules', '.mesh-noc-lock');
	if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
	console.log('Installing the npm packages of package-lock.json …');
	// Not `npm ci`: it refuses a lock file that was made where a registry does not offer other systems' builds of a tool.
	const npm = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
		cwd: root,
		stdio: 'inherit',
	});
	if (npm.error !== undefined) fail(`npm could not be started: ${npm.error.message}`);
	if (npm.status !== 0) fail('npm could not install the packages; its own message stands above.');
	writeFileSync(stamp, lock);
}
