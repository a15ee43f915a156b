// SPDX-License-Identifier: Apache-2.0
import {attributes, type Decoded, i32, list, mac, bytes as opaque, text, u8, u32, u64} from '../netlink/attributes.ts';
import {channelFields} from './channel.ts';

/** The family's name, for `encodeFamilyRequest`. */
export const NL80211_FAMILY = 'nl80211';

// Multicast groups, to be looked up in the family by `groupId`.
/** Radios and interfaces that come, go and change. */
export const GROUP_CONFIG = 'config';
/** Scans that begin, end and are aborted. */
export const GROUP_SCAN = 'scan';
/** Regulatory changes and radar. */
export const GROUP_REGULATORY = 'regulatory';
/** Stations that come and go, peer candidates, channel switches. */
export const GROUP_MLME = 'mlme';

/**
 * What an event says, whichever it is: the command tells which members mean something.
 *
 * NEW_INTERFACE, DEL_INTERFACE            wiphy, interfaceIndex, name, type, address
 * NEW_STATION, DEL_STATION                interfaceIndex, address
 * NEW_PEER_CANDIDATE                      interfaceIndex, address, elements, receivedDbm
 * TRIGGER_SCAN, NEW_SCAN_RESULTS,
 * SCAN_ABORTED                            wiphy, interfaceIndex, scanFrequenciesMhz
 * CH_SWITCH_STARTED_NOTIFY                interfaceIndex, channel, switchCount
 * CH_SWITCH_NOTIFY                        interfaceIndex, channel
 * RADAR_DETECT                            wiphy, interfaceIndex, channel, radarEvent
 * REG_CHANGE, WIPHY_REG_CHANGE            initiator, regulatoryType, country, wiphy
 */
export const event = /* @__PURE__ */ attributes('nl80211.event', {
	wiphy: u32(1),
	interfaceIndex: u32(3),
	name: text(4),
	type: u32(5),
	address: mac(6),
	country: text(33),
	elements: opaque(42),
	scanFrequenciesMhz: list(44, u32),
	initiator: u8(48),
	regulatoryType: u8(49),
	receivedDbm: i32(151),
	wdev: u64(153),
	radarEvent: u32(168),
	switchCount: u32(183),
	...channelFields,
});

export type Nl80211Event = Decoded<typeof event>;

// enum nl80211_radar_event.
export const RADAR_DETECTED = 0;
export const RADAR_CAC_FINISHED = 1;
export const RADAR_CAC_ABORTED = 2;
export const RADAR_NOP_FINISHED = 3;
export const RADAR_PRE_CAC_EXPIRED = 4;
export const RADAR_CAC_STARTED = 5;

// enum nl80211_reg_type.
export const REGULATORY_COUNTRY = 0;
export const REGULATORY_WORLD = 1;
export const REGULATORY_CUSTOM_WORLD = 2;
export const REGULATORY_INTERSECTION = 3;
