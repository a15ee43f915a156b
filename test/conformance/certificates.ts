// SPDX-License-Identifier: Apache-2.0
import {execFileSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {ensurePackages} from '../../scripts/debian.ts';

export interface Pair {
	readonly certificate: string;
	readonly key: string;
}

export interface Certificates {
	readonly ca: string;
	readonly otherCa: string;
	/** For 'collector.test', with an RSA and an elliptic key. */
	readonly rsaServer: Pair;
	readonly ecServer: Pair;
	readonly expiredServer: Pair;
	readonly client: Pair;
}

const caConfiguration = (folder: string) => `[ca]
default_ca = test
[test]
new_certs_dir = ${folder}
database = ${folder}/index
serial = ${folder}/serial
default_md = sha256
policy = any
unique_subject = no
copy_extensions = copy
[any]
commonName = supplied
`;

/** Makes what the TLS cases need, by OpenSSL, for this run only. */
export async function makeCertificates(folder: string): Promise<Certificates> {
	await ensurePackages(['openssl']);
	const file = (name: string) => join(folder, name);
	const openssl = (...words: string[]) => execFileSync('openssl', words, {cwd: folder, stdio: 'pipe'});
	const pair = (name: string): Pair => ({
		certificate: readFileSync(file(`${name}.crt`), 'utf8'),
		key: readFileSync(file(`${name}.key`), 'utf8'),
	});
	const newKey = (kind: 'ec' | 'rsa') =>
		kind === 'ec' ? ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'] : ['-newkey', 'rsa:2048'];
	const authority = (name: string) =>
		openssl(
			...['req', '-x509', '-nodes', ...newKey('ec'), '-keyout', `${name}.key`, '-out', `${name}.crt`],
			...['-days', '30', '-subj', `/CN=${name}`],
		);
	const issue = (name: string, kind: 'ec' | 'rsa', alternative: string, start: string, end: string) => {
		openssl(
			...['req', '-new', '-nodes', ...newKey(kind), '-keyout', `${name}.key`, '-out', `${name}.csr`],
			...['-subj', `/CN=${name}`, '-addext', `subjectAltName=${alternative}`],
		);
		openssl(
			...['ca', '-batch', '-notext', '-config', 'ca.cnf', '-cert', 'ca.crt', '-keyfile', 'ca.key'],
			...['-in', `${name}.csr`, '-out', `${name}.crt`, '-startdate', start, '-enddate', end],
		);
		return pair(name);
	};
	writeFileSync(file('ca.cnf'), caConfiguration(folder));
	writeFileSync(file('index'), '');
	writeFileSync(file('serial'), '1000\n');
	authority('ca');
	authority('other');
	const year = new Date().getUTCFullYear();
	const valid = [`${year - 1}0101000000Z`, `${year + 2}0101000000Z`] as const;
	const past = ['20200101000000Z', '20210101000000Z'] as const;
	const name = 'DNS:collector.test';
	return {
		ca: readFileSync(file('ca.crt'), 'utf8'),
		otherCa: readFileSync(file('other.crt'), 'utf8'),
		rsaServer: issue('rsa', 'rsa', name, ...valid),
		ecServer: issue('ec', 'ec', name, ...valid),
		expiredServer: issue('expired', 'ec', name, ...past),
		client: issue('client', 'ec', 'DNS:router.test', ...valid),
	};
}
