// SPDX-License-Identifier: Apache-2.0
// What reaches the agent on OpenWrt from outside: its configuration, and questions to respondd.
import {encodeUtf8} from '../../src/core/text.ts';
import {readConfiguration, uciName} from '../../src/model/configuration.ts';
import {parseUciConfiguration} from '../../src/source/uci-configuration.ts';
import {deflate} from '../../src/wire/respondd/deflate.ts';
import {readQuestion, writeAnswer} from '../../src/wire/respondd/request.ts';
import type {Target} from './fuzzer.ts';

export const openwrtTargets: readonly Target[] = [
	{
		// A configuration never fails: what is wrong is a problem that names it.
		name: 'uci.configuration',
		seeds: [
			encodeUtf8(
				"config agent 'main'\n\toption node 'roof'\n\toption interval_s '60'\n\tlist respondd_interfaces 'br-lan'\n",
			),
			encodeUtf8('package x\nconfig agent\n option psk "00\\ff"; option node a # b\n'),
		],
		decode(bytes) {
			const {texts, problems, isWhole} = parseUciConfiguration(bytes, 'file');
			const filled = readConfiguration(texts, undefined, uciName);
			if (!isWhole && problems.length === 0) throw new Error('a file that is not whole says why');
			return [...problems, ...filled.problems].map(({option}) => option);
		},
	},
	{
		name: 'respondd.question',
		seeds: [encodeUtf8('nodeinfo'), encodeUtf8('GET nodeinfo statistics neighbours')],
		decode(bytes) {
			const question = readQuestion(bytes);
			if (question === undefined) return undefined;
			const answer = writeAnswer(question, name => ({name}));
			if (answer.length > 300) throw new Error('an answer has each name once');
			return question;
		},
	},
	{
		// No input makes more than its 9 bits a byte.
		name: 'respondd.deflate',
		seeds: [encodeUtf8('{"a":1,"a":1,"a":1}'), new Uint8Array(600)],
		decode(bytes) {
			const {length} = deflate(bytes);
			if (length > bytes.length + (bytes.length >> 3) + 16) throw new Error('longer than the worst case');
			return {[`size${Math.floor(Math.log2(length))}`]: length};
		},
	},
];
