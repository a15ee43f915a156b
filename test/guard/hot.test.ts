// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {markCold} from '../../scripts/build/hot.ts';

test('hot functions: all others are marked to be small', t => {
	const marked = markCold(`define internal i32 @JS_CallInternal(ptr %0) unnamed_addr #1 {
define internal fastcc void @"js_rare.1"(ptr noundef %0, i32 %1) unnamed_addr #1 {
define hidden i64 @JS_NewNumber(ptr noundef %0) #0 {
declare void @abort() #2
`);
	t.is(
		marked,
		`define internal i32 @JS_CallInternal(ptr %0) unnamed_addr #1 {
define internal fastcc void @"js_rare.1"(ptr noundef %0, i32 %1) unnamed_addr minsize optsize #1 {
define hidden i64 @JS_NewNumber(ptr noundef %0) minsize optsize #0 {
declare void @abort() #2
`,
	);
});
