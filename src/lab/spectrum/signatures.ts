// SPDX-License-Identifier: Apache-2.0
import {between, type Emitter, pick, type Random, schedule, type View} from './signature.ts';

// One function a kind of sender. What is drawn is drawn once a window, so that no two windows are of the same device.

/**
 * OFDM frames of 16.6 MHz (legacy) to 17.8 MHz (HT), some DSSS of 11 Mchip/s; a channel is where the receiver is or 5 or
 * 10 MHz beside it.
 *
 * Source: IEEE 802.11-2020, 17.3.9.3 and 19.3.18 (masks), 15.4.4 (DSSS chips), 9.4.1 (frames up to 5.484 ms).
 */
export function wifi(random: Random, view: View, share = between(random, 0.04, 0.7)): Emitter {
	const offsets = view.spanKhz > 20_000 ? [0, -10_000, 10_000] : [0, 0, -5000, 5000, -10_000, 10_000];
	const khz = view.centreKhz + pick(random, offsets);
	const isDsss = view.centreKhz < 3e6 && random() < 0.15;
	const frameUs = pick(random, [120, 300, 900, 2500]);
	const marginDb = between(random, 14, 50);
	const is = schedule(random, () => {
		const onUs = frameUs * between(random, 0.4, 1.6);
		return {onUs, silentUs: (onUs * (1 - share) * between(random, 0.2, 1.8)) / share};
	});
	const widthKhz = isDsss ? 12_000 : between(random, 16_600, 17_800);
	return now => (is(now) ? {khz, widthKhz, marginDb: marginDb + between(random, -3, 3)} : undefined);
}

/**
 * An oven's magnetron: on for a little less than half of each period of the mains; its frequency moves some MHz within
 * that time, with wide transients where it starts and ends.
 *
 * Source: A. Kamerman, N. Erkoçevic, "Microwave oven interference on wireless LANs operating in the 2.4 GHz ISM band",
 *         PIMRC 1997; T. Taher et al., "Microwave oven signal modelling", WCNC 2008 (AM–FM model, sinusoidal sweep).
 */
export function microwave(random: Random, view: View): Emitter {
	const periodUs = pick(random, [20_000, 1e6 / 60]);
	const onShare = between(random, 0.36, 0.5);
	const phaseUs = between(random, 0, periodUs);
	const sweepKhz = between(random, 1500, 6000);
	const khz = view.centreKhz + between(random, -0.25, 0.25) * view.spanKhz;
	const marginDb = between(random, 18, 50);
	const edgeShare = between(random, 0.02, 0.08);
	// Doors, stirrers and other ovens on other phases: some of it is missed, some comes where it should not.
	const missedShare = between(random, 0, 0.35);
	const strayShare = between(random, 0, 0.08);
	return now => {
		const phase = ((now + phaseUs) % periodUs) / periodUs / onShare;
		if (phase > 1)
			return random() < strayShare ? {khz, widthKhz: between(random, 100, 900), marginDb: marginDb - 6} : undefined;
		if (random() < missedShare) return undefined;
		const level = marginDb + 10 * Math.log10(Math.max(0.05, Math.sin(Math.PI * phase)));
		if (phase < edgeShare || phase > 1 - edgeShare)
			return {khz, widthKhz: between(random, 8000, 20_000), marginDb: level};
		const moved = sweepKhz * (Math.sin(Math.PI * phase) - 0.6) + between(random, -400, 400);
		return {khz: khz + moved, widthKhz: between(random, 100, 900), marginDb: level};
	};
}

/**
 * A camera's frequency-modulated picture: always there; the place is the brightness of the point that is sent, most often
 * that of the background.
 *
 * Source: R. Rayanchu, A. Patro, S. Banerjee, "Airshark", IMC 2011, 2.2 (analogue cordless and video: duty cycle 1);
 *         the capture ar9550_20mhz_analog_camera_ch1 (one to three bins, 60 % of them within two places, 3 MHz in all).
 */
export function video(random: Random, view: View): Emitter {
	const khz = view.centreKhz + between(random, -0.3, 0.3) * view.spanKhz;
	const swingKhz = between(random, 2000, 5500);
	const background = between(random, 0.2, 0.8);
	const backgroundShare = between(random, 0.3, 0.7);
	const marginDb = between(random, 12, 50);
	return () => {
		const isBackground = random() < backgroundShare;
		const place = isBackground ? background + between(random, -0.06, 0.06) : random();
		return {khz: khz + swingKhz * (place - 0.5), widthKhz: random() < 0.7 ? 0 : between(random, 100, 900), marginDb};
	};
}

/**
 * Frames of 2 Mchip/s O-QPSK on one of the channels 2405 + 5·k MHz.
 *
 * Source: IEEE 802.15.4-2020, 10.1.2 and 12 (channels; 250 kbit/s, frames of up to 133 bytes = 4.3 ms).
 */
export function zigbee(random: Random, view: View): Emitter {
	const half = view.spanKhz / 2 - 2500;
	const channels = Array.from({length: 16}, (_, k) => 2_405_000 + 5000 * k).filter(
		khz => Math.abs(khz - view.centreKhz) < half,
	);
	const khz = pick(random, channels);
	const share = between(random, 0.04, 0.45);
	const marginDb = between(random, 14, 50);
	const is = schedule(random, () => {
		const onUs = between(random, 600, 4300);
		return {onUs, silentUs: (onUs * (1 - share) * between(random, 0.3, 1.7)) / share};
	});
	return now => (is(now) ? {khz, widthKhz: between(random, 1700, 2200), marginDb} : undefined);
}

/**
 * A connection that hops over 1 MHz channels each packet: 1, 3 or 5 slots of 625 µs, most of each used.
 *
 * Source: Bluetooth Core Specification 5.3, vol. 2 part B, 2.2 (slots), 6.5 (DH1 366 µs, DH3 1622 µs, DH5 2870 µs), part A
 *         2 (79 channels from 2402 MHz); adaptive hopping keeps at least 20 of them (part B 2.6.3).
 */
export function bluetooth(random: Random, view: View): Emitter {
	const [onUs, ofUs] = pick(random, [
		[366, 625],
		[1622, 1875],
		[2870, 3125],
	] as const);
	const busy = between(random, 0.5, 1);
	const first = random() < 0.6 ? 0 : Math.floor(between(random, 0, 30));
	const last = first === 0 ? 79 : Math.min(79, first + Math.floor(between(random, 30, 79)));
	const marginDb = between(random, 16, 50);
	const peerDb = between(random, -12, 6);
	let khz = 0;
	let isPeer = false;
	const is = schedule(
		random,
		() => ({onUs, silentUs: ofUs - onUs + (random() < busy ? 0 : 625 * Math.ceil(between(random, 0, 6)))}),
		() => {
			khz = 2_402_000 + 1000 * Math.floor(between(random, first, last));
			isPeer = !isPeer;
		},
	);
	return now => {
		if (!is(now) || Math.abs(khz - view.centreKhz) > view.spanKhz / 2) return undefined;
		return {khz, widthKhz: between(random, 500, 950), marginDb: marginDb + (isPeer ? peerDb : 0)};
	};
}

/** An unmodulated carrier. Source: the capture ath10k_20mhz; ITU-R SM.1138, emission N0N. */
export function carrier(random: Random, view: View): Emitter {
	const khz = view.centreKhz + between(random, -0.4, 0.4) * view.spanKhz;
	const marginDb = between(random, 12, 60);
	return () => ({khz, widthKhz: 0, marginDb: marginDb + between(random, -1, 1)});
}

/**
 * Pulses at a steady pace: short ones, or long ones that sweep some MHz.
 *
 * Source: FCC KDB 905462 D02, tables 5 and 6: short pulses of 1–20 µs every 150–500 µs; type 5: 50–100 µs, chirps of
 *         5–20 MHz, 1000–2000 µs apart; ETSI EN 301 893 V2.1.1 table D.4.
 * Validity: an FFT every 1.5 ms sees one in some tens of pulses, so windows of which it sees fewer than four do not count.
 */
export function radar(random: Random, view: View): Emitter {
	const isLong = random() < 0.5;
	const pulseUs = isLong ? between(random, 50, 100) : between(random, 5, 20);
	const everyUs = isLong ? between(random, 1000, 2000) : between(random, 200, 500);
	const chirpKhz = isLong ? between(random, 5000, Math.min(20_000, 0.9 * view.spanKhz)) : 0;
	const khz = view.centreKhz + between(random, -0.2, 0.2) * (view.spanKhz - chirpKhz);
	const marginDb = between(random, 18, 50);
	const phaseUs = between(random, 0, everyUs);
	// An FFT takes some 3 µs: it sees what falls into that.
	return now => {
		const at = (now + phaseUs) % everyUs;
		if (at > pulseUs + 3) return undefined;
		const moved = chirpKhz * (Math.min(1, at / pulseUs) - 0.5);
		return {khz: khz + moved, widthKhz: isLong ? 400 : between(random, 100, 1000), marginDb};
	};
}

/**
 * What none of the others is: a slow sweep, a narrow link that stays and pauses, digital pictures, noise without end, a
 * narrow link in short bursts within a few MHz, a slow hopper, spurs here and there.
 */
export function stranger(random: Random, view: View): Emitter {
	const khz = view.centreKhz + between(random, -0.2, 0.2) * view.spanKhz;
	const marginDb = between(random, 15, 45);
	const periodUs = between(random, 2e5, 2e6);
	const is = schedule(random, () => ({onUs: between(random, 2e4, 2e5), silentUs: between(random, 2e4, 2e5)}));
	const reachKhz = between(random, 800, 5000);
	const burst = schedule(random, () => ({onUs: between(random, 500, 6000), silentUs: between(random, 2000, 30_000)}));
	let placeKhz = khz;
	const hop = schedule(
		random,
		() => ({onUs: between(random, 8000, 60_000), silentUs: between(random, 0, 20_000)}),
		() => {
			placeKhz = view.centreKhz + between(random, -0.45, 0.45) * view.spanKhz;
		},
	);
	switch (Math.floor(random() * 7)) {
		case 0:
			return now => ({
				khz: view.centreKhz + ((now % periodUs) / periodUs - 0.5) * 0.9 * view.spanKhz,
				widthKhz: 0,
				marginDb,
			});
		case 1:
			return now => (is(now) ? {khz, widthKhz: 200, marginDb} : undefined);
		case 2:
			return () => ({khz, widthKhz: between(random, 4000, 5500), marginDb});
		case 3:
			return now =>
				burst(now) ? {khz: khz + between(random, -0.5, 0.5) * reachKhz, widthKhz: 300, marginDb} : undefined;
		case 4:
			return now => (hop(now) ? {khz: placeKhz, widthKhz: 400, marginDb} : undefined);
		case 5:
			return () =>
				random() < 0.06
					? {khz: khz + between(random, -0.5, 0.5) * reachKhz, widthKhz: between(random, 0, 6000), marginDb}
					: undefined;
		default:
			return () => ({khz: view.centreKhz, widthKhz: view.spanKhz * 0.95, marginDb});
	}
}
