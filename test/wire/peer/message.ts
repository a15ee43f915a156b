// SPDX-License-Identifier: Apache-2.0
import type {NodeRecord, PeerBody, Proposal} from '../../../src/model/peer.ts';

/** A router as large as any that is built today: three radios, ten links, 24 channels. */
export const largeRecord: NodeRecord = {
	radios: [
		{live: {mhz: 2437, widthMhz: 20}, pinned: true},
		{live: {mhz: 5190, widthMhz: 40}, pinned: false},
		{live: {mhz: 5530, widthMhz: 80}, pinned: false},
	],
	links: Array.from({length: 10}, (_, i) => ({
		peer: (0x9e3779b1 * (i + 1)) >>> 0,
		weight: 16 + i,
		planMhz: 5190 + 40 * i,
		stamp: 1000 + i,
	})),
	channels: Array.from({length: 24}, (_, i) => ({
		mhz: 5180 + 20 * i,
		widthMhz: 40,
		busy: (i * 37) % 256,
		blocked: i % 5 === 0,
		radar: i >= 4,
	})),
	pressure: 512,
	deploying: true,
	participation: 'active',
	backupMhz: 5180,
};

export const proposal: Proposal = {
	transaction: {leader: 0xdeadbeef, number: 77},
	members: [
		{id: 1, seq: 10},
		{id: 2, seq: 300},
		{id: 0xffffffff, seq: 2 ** 40},
	],
	stamp: 5,
	links: [
		{a: 1, b: 2, mhz: 5180},
		{a: 2, b: 9, mhz: 5220},
	],
	moves: [{node: 2, radio: 1, from: {mhz: 5180, widthMhz: 20}, to: {mhz: 5220, widthMhz: 20}}],
	gain: 4096,
};

/** One of each kind. */
export const bodies: readonly PeerBody[] = [
	{kind: 'hello', live: {mhz: 5180, widthMhz: 20}, heard: [1, 0xfffffffe], recordSeq: 12, round: 99, roundAgeMs: 1234},
	{kind: 'record', record: largeRecord},
	{kind: 'propose', proposal},
	{kind: 'answer', transaction: {leader: 3, number: 4}, refusal: undefined},
	{kind: 'answer', transaction: {leader: 3, number: 4}, refusal: 'quiet-hours'},
	{kind: 'verdict', transaction: {leader: 3, number: 4}, commit: true, inMs: 1200},
	{kind: 'revert', transaction: {leader: 3, number: 4}},
	{kind: 'radar', mhz: 5260, widthMhz: 20, backupMhz: 5180, leftS: 1800},
	{
		kind: 'clock',
		clock: {
			hasTsf: true,
			hasTime: true,
			byMessages: false,
			number: 5,
			sentUs: 1_000_000,
			tsfUs: 1_800_000_000_000_000,
			tsfAgoUs: 90,
			root: 1,
			rootEpoch: 40_000_000,
			rootNumber: 300,
			hops: 2,
			parent: 2,
			offsetUs: -64,
			driftPpb: 20_000,
			errorUs: 12,
			echoes: [{peer: 2, number: 4, agoUs: 130}],
		},
	},
	{
		kind: 'slots',
		slots: {
			mhz: 5180,
			slots: 32,
			slotUs: 5000,
			version: 7,
			own: [0, 1, 2, 9],
			claims: [3],
			demand: 4,
			weight: 1,
			conflicts: [
				{peer: 2, epoch: 1, version: 300},
				{peer: 9, epoch: 0, version: 0},
			],
		},
	},
	{
		kind: 'losses',
		losses: {
			mhz: 5180,
			durationMs: 4000,
			active: 90,
			links: [{peer: 2, frames: 400, loss: 128}],
			hidden: [{a: 2, b: 3, lossBoth: 128, lossOne: 5, confidence: 200}],
		},
	},
];
