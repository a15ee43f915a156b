// SPDX-License-Identifier: Apache-2.0
import {DECIMAL, isMadeOf} from '../../core/text.ts';
import {bandOf, type Channel} from '../../model/channel.ts';
import {findOption, type Package, type Section} from '../../uci-parser/package.ts';
import {chandefOf, channelNumber} from './chandef.ts';

// A radio's channel as /etc/config/wireless has it: sections of the type wifi-device.

export const DEVICE_TYPE = 'wifi-device';

/** The options that say where a radio is, in the order they are written. */
export type Setting = readonly [option: 'band' | 'hwmode' | 'channel' | 'htmode', value: string];

export function devicesOf(pkg: Package): readonly Section[] {
	return pkg.sections.filter(({type}) => type === DEVICE_TYPE);
}

/** An option that is one text. Absent: it is not there, or a list. */
export function textOf(section: Section, name: string): string | undefined {
	const value = findOption(section, name)?.value;
	return typeof value === 'string' ? value : undefined;
}

/** What a section must say for a channel. Absent options stay absent where their preset says the same. */
export function settingsFor(section: Section, channel: Channel): readonly Setting[] {
	const chandef = chandefOf(channel, false);
	if (chandef === undefined) return [];
	const band = bandOf(channel.mhz);
	const settings: Setting[] = [];
	if (textOf(section, 'band') !== undefined) settings.push(['band', `${band}g`]);
	// Releases before 21.02 said it so.
	if (textOf(section, 'hwmode') !== undefined) settings.push(['hwmode', band === 2 ? '11g' : '11a']);
	settings.push(['channel', `${channelNumber(chandef.frequencyMhz)}`]);
	const mode = textOf(section, 'htmode');
	const htmode = htmodeFor(mode, channel, chandef.frequencyMhz);
	if (htmode !== mode && !(mode === undefined && channel.widthMhz === 20)) settings.push(['htmode', htmode]);
	return settings;
}

/** The generation stays, the width is the channel's: VHT80 becomes VHT40. 802.11n says on which side of the primary the rest is. */
function htmodeFor(before: string | undefined, {mhz, widthMhz}: Channel, primaryMhz: number): string {
	if (before === 'NOHT' && widthMhz === 20) return 'NOHT';
	let letters = '';
	for (const letter of before ?? '') if (letter >= 'A' && letter <= 'Z') letters += letter;
	const known = ['HT', 'VHT', 'HE', 'EHT'].includes(letters) ? letters : 'HT';
	// There is no 802.11ac on 2.4 GHz, and no wider 802.11n.
	const generation = known === 'VHT' && bandOf(mhz) === 2 ? 'HT' : known === 'HT' && widthMhz > 40 ? 'VHT' : known;
	const side = generation === 'HT' && widthMhz === 40 ? (primaryMhz < mhz ? '+' : '-') : '';
	return `${generation}${widthMhz}${side}`;
}

/** Where a section sends its radio. Absent: 'auto', or what is no channel. */
export function channelIn(section: Section): Channel | undefined {
	const text = textOf(section, 'channel') ?? '';
	const number = Number(text);
	if (text === '' || !isMadeOf(text, DECIMAL) || number < 1 || number > 233) return undefined;
	const band = textOf(section, 'band') ?? (number <= 14 ? '2g' : '5g');
	const primaryMhz =
		band === '2g' ? (number === 14 ? 2484 : 2407 + 5 * number) : (band === '6g' ? 5950 : 5000) + 5 * number;
	const mode = textOf(section, 'htmode') ?? '';
	let digits = '';
	for (const letter of mode) if (isMadeOf(letter, DECIMAL)) digits += letter;
	const widthMhz = digits === '' ? 20 : Number(digits);
	if (widthMhz <= 20) return {mhz: primaryMhz, widthMhz: 20};
	return {mhz: middleOf(primaryMhz, widthMhz, mode, number), widthMhz};
}

/** Source: as hostapd's configuration by OpenWrt chooses: 40 MHz upwards up to channel 6; elsewhere by the band's raster. */
function middleOf(primaryMhz: number, widthMhz: number, mode: string, number: number): number {
	const {length} = mode;
	if (widthMhz === 40 && mode[length - 1] === '+') return primaryMhz + 10;
	if (widthMhz === 40 && mode[length - 1] === '-') return primaryMhz - 10;
	if (bandOf(primaryMhz) === 2) return number < 7 ? primaryMhz + 10 : primaryMhz - 10;
	const first = bandOf(primaryMhz) === 6 ? 1 : number >= 149 ? 149 : 36;
	const inside = (number - first) % (widthMhz / 5);
	return primaryMhz - 5 * inside + widthMhz / 2 - 10;
}
