// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {TokenBucket} from '../../../src/noc/ingest/token-bucket.ts';

test('token bucket: lets a burst through, then as much as refills', t => {
	const bucket = new TokenBucket(1000, 500, 0);
	bucket.take(500);
	t.false(bucket.exhausted);
	bucket.take(1);
	t.true(bucket.exhausted);
	t.is(bucket.waitMs(), 1);
	bucket.refill(1);
	t.false(bucket.exhausted);
});

test('token bucket: holds no more than its burst, however long it was idle', t => {
	const bucket = new TokenBucket(1000, 500, 0);
	bucket.refill(1e9);
	bucket.take(501);
	t.true(bucket.exhausted);
});

test('token bucket: a debt is paid in full before anything else', t => {
	const bucket = new TokenBucket(1000, 500, 0);
	bucket.take(2500);
	t.is(bucket.waitMs(), 2000);
	bucket.refill(1999);
	t.true(bucket.exhausted);
	bucket.refill(2000);
	t.false(bucket.exhausted);
});

test('token bucket: a clock that steps back gives nothing', t => {
	const bucket = new TokenBucket(1000, 500, 100);
	bucket.take(501);
	bucket.refill(50);
	t.true(bucket.exhausted);
});
