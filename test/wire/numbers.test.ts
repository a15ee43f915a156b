// SPDX-License-Identifier: Apache-2.0
// Every attribute's number is that of the kernel's headers: the installed ones, and a list kept from them.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import type {Fields} from '../../src/wire/netlink/attributes.ts';
import {family, familyGroup} from '../../src/wire/netlink/generic.ts';
import {extendedAck} from '../../src/wire/netlink/message.ts';
import {
	announcement,
	channelSwitchRequest,
	radarDetectRequest,
	setChannelRequest,
} from '../../src/wire/nl80211/channel-switch.ts';
import * as command from '../../src/wire/nl80211/command.ts';
import {event} from '../../src/wire/nl80211/event.ts';
import {interfaceChange, interfaceMessage} from '../../src/wire/nl80211/interface.ts';
import {
	meshConfig,
	meshConfigMessage,
	meshConfigSetRequest,
	meshJoinRequest,
	meshSetup,
	pathInfo,
	pathMessage,
} from '../../src/wire/nl80211/mesh.ts';
import {rate} from '../../src/wire/nl80211/rate.ts';
import {regulatoryHint, regulatoryMessage, regulatoryRule} from '../../src/wire/nl80211/regulatory.ts';
import {bss, scanMessage, scanRequest} from '../../src/wire/nl80211/scan.ts';
import {stationMessage} from '../../src/wire/nl80211/station.ts';
import {bssParameters, stationDetail, tidStatistics} from '../../src/wire/nl80211/station-detail.ts';
import {survey, surveyMessage, surveyRequest} from '../../src/wire/nl80211/survey.ts';
import {
	band,
	bandRate,
	bandTypeData,
	frequency,
	interfaceCombination,
	interfaceLimit,
	wiphyMessage,
	wiphyRequest,
} from '../../src/wire/nl80211/wiphy.ts';
import {addressAttributes} from '../../src/wire/rtnetlink/address.ts';
import {filterAttributes, programFilterOptions} from '../../src/wire/rtnetlink/filter.ts';
import {linkAttributes, linkInfo} from '../../src/wire/rtnetlink/link.ts';
import * as messageType from '../../src/wire/rtnetlink/message-type.ts';
import {neighbourAttributes} from '../../src/wire/rtnetlink/neighbour.ts';
import {fairQueueOptions, qdiscAttributes} from '../../src/wire/rtnetlink/qdisc.ts';
import {nextHopAttributes, routeAttributes} from '../../src/wire/rtnetlink/route.ts';
import {stackedLinkAttributes} from '../../src/wire/rtnetlink/stacked-link.ts';
import {scheduleEntry, taprioOptions} from '../../src/wire/rtnetlink/taprio.ts';
import {tokenBucketOptions} from '../../src/wire/rtnetlink/token-bucket.ts';
import {installedNumbers, type Numbers} from '../helper/kernel-header.ts';

const stored = JSON.parse(
	readFileSync(join(import.meta.dirname, '../fixture/netlink/numbers.json'), 'utf8'),
) as Numbers;
const installed = installedNumbers();

/** The kernel's name of each row, without the prefix, in the table's order. */
const tables: readonly [title: string, prefix: string, fields: Fields, names: string][] = [
	['extendedAck', 'NLMSGERR_ATTR_', extendedAck.fields, 'MSG OFFS MISS_TYPE MISS_NEST'],
	['qdiscAttributes', 'TCA_', qdiscAttributes.fields, 'KIND OPTIONS STAB'],
	['fairQueueOptions', 'TCA_FQ_', fairQueueOptions.fields, 'PLIMIT FLOW_PLIMIT'],
	[
		'taprioOptions',
		'TCA_TAPRIO_ATTR_',
		taprioOptions.fields,
		'PRIOMAP SCHED_ENTRY_LIST SCHED_BASE_TIME SCHED_CYCLE_TIME SCHED_CLOCKID ADMIN_SCHED',
	],
	['tokenBucketOptions', 'TCA_TBF_', tokenBucketOptions.fields, 'PARMS BURST'],
	['scheduleEntry', 'TCA_TAPRIO_SCHED_ENTRY_', scheduleEntry.fields, 'INDEX CMD GATE_MASK INTERVAL'],
	[
		'stackedLinkAttributes',
		'IFLA_',
		stackedLinkAttributes.fields,
		'IFNAME LINK MASTER LINKINFO NUM_TX_QUEUES LINK_NETNSID',
	],
	['filterAttributes', 'TCA_', filterAttributes.fields, 'KIND OPTIONS CHAIN'],
	['programFilterOptions', 'TCA_BPF_', programFilterOptions.fields, 'FD NAME FLAGS TAG ID'],
	['family', 'CTRL_ATTR_', family.fields, 'FAMILY_ID FAMILY_NAME VERSION HDRSIZE MAXATTR MCAST_GROUPS'],
	['familyGroup', 'CTRL_ATTR_MCAST_GRP_', familyGroup.fields, 'NAME ID'],
	[
		'announcement',
		'NL80211_ATTR_',
		announcement.fields,
		'BEACON_HEAD BEACON_TAIL IE PROBE_RESP CNTDWN_OFFS_BEACON CNTDWN_OFFS_PRESP',
	],
	[
		'channelSwitchRequest',
		'NL80211_ATTR_',
		channelSwitchRequest.fields,
		'IFINDEX WIPHY_FREQ WIPHY_CHANNEL_TYPE CHANNEL_WIDTH CENTER_FREQ1 CENTER_FREQ2 BEACON_HEAD BEACON_TAIL CH_SWITCH_COUNT CH_SWITCH_BLOCK_TX CSA_IES HANDLE_DFS',
	],
	[
		'radarDetectRequest',
		'NL80211_ATTR_',
		radarDetectRequest.fields,
		'IFINDEX WIPHY_FREQ WIPHY_CHANNEL_TYPE CHANNEL_WIDTH CENTER_FREQ1 CENTER_FREQ2',
	],
	[
		'setChannelRequest',
		'NL80211_ATTR_',
		setChannelRequest.fields,
		'WIPHY IFINDEX WIPHY_FREQ WIPHY_CHANNEL_TYPE CHANNEL_WIDTH CENTER_FREQ1 CENTER_FREQ2',
	],
	[
		'event',
		'NL80211_ATTR_',
		event.fields,
		'WIPHY IFINDEX IFNAME IFTYPE MAC REG_ALPHA2 IE SCAN_FREQUENCIES REG_INITIATOR REG_TYPE RX_SIGNAL_DBM WDEV RADAR_EVENT CH_SWITCH_COUNT WIPHY_FREQ WIPHY_CHANNEL_TYPE CHANNEL_WIDTH CENTER_FREQ1 CENTER_FREQ2',
	],
	['interfaceChange', 'NL80211_ATTR_', interfaceChange.fields, 'WIPHY IFINDEX IFNAME IFTYPE MAC MESH_ID SOCKET_OWNER'],
	[
		'interfaceMessage',
		'NL80211_ATTR_',
		interfaceMessage.fields,
		'WIPHY IFINDEX IFNAME IFTYPE MAC GENERATION SSID 4ADDR WIPHY_TX_POWER_LEVEL WDEV WIPHY_FREQ WIPHY_CHANNEL_TYPE CHANNEL_WIDTH CENTER_FREQ1 CENTER_FREQ2',
	],
	[
		'meshConfig',
		'NL80211_MESHCONF_',
		meshConfig.fields,
		'RETRY_TIMEOUT CONFIRM_TIMEOUT HOLDING_TIMEOUT MAX_PEER_LINKS MAX_RETRIES TTL AUTO_OPEN_PLINKS HWMP_MAX_PREQ_RETRIES PATH_REFRESH_TIME MIN_DISCOVERY_TIMEOUT HWMP_ACTIVE_PATH_TIMEOUT HWMP_PREQ_MIN_INTERVAL HWMP_NET_DIAM_TRVS_TIME HWMP_ROOTMODE ELEMENT_TTL HWMP_RANN_INTERVAL GATE_ANNOUNCEMENTS HWMP_PERR_MIN_INTERVAL FORWARDING RSSI_THRESHOLD SYNC_OFFSET_MAX_NEIGHBOR HT_OPMODE HWMP_PATH_TO_ROOT_TIMEOUT HWMP_ROOT_INTERVAL HWMP_CONFIRMATION_INTERVAL POWER_MODE AWAKE_WINDOW PLINK_TIMEOUT CONNECTED_TO_GATE NOLEARN CONNECTED_TO_AS',
	],
	['meshConfigMessage', 'NL80211_ATTR_', meshConfigMessage.fields, 'MESH_CONFIG'],
	['meshConfigSetRequest', 'NL80211_ATTR_', meshConfigSetRequest.fields, 'IFINDEX MESH_CONFIG'],
	[
		'meshJoinRequest',
		'NL80211_ATTR_',
		meshJoinRequest.fields,
		'IFINDEX BEACON_INTERVAL DTIM_PERIOD MESH_ID MESH_CONFIG BSS_BASIC_RATES MCAST_RATE MESH_SETUP HANDLE_DFS SOCKET_OWNER WIPHY_FREQ WIPHY_CHANNEL_TYPE CHANNEL_WIDTH CENTER_FREQ1 CENTER_FREQ2',
	],
	[
		'meshSetup',
		'NL80211_MESH_SETUP_',
		meshSetup.fields,
		'ENABLE_VENDOR_PATH_SEL ENABLE_VENDOR_METRIC IE USERSPACE_AUTH USERSPACE_AMPE ENABLE_VENDOR_SYNC USERSPACE_MPM AUTH_PROTOCOL',
	],
	[
		'pathInfo',
		'NL80211_MPATH_INFO_',
		pathInfo.fields,
		'FRAME_QLEN SN METRIC EXPTIME FLAGS DISCOVERY_TIMEOUT DISCOVERY_RETRIES HOP_COUNT PATH_CHANGE',
	],
	['pathMessage', 'NL80211_ATTR_', pathMessage.fields, 'IFINDEX MAC MPATH_NEXT_HOP MPATH_INFO GENERATION'],
	[
		'rate',
		'NL80211_RATE_INFO_',
		rate.fields,
		'BITRATE MCS 40_MHZ_WIDTH SHORT_GI BITRATE32 VHT_MCS VHT_NSS 80_MHZ_WIDTH 160_MHZ_WIDTH 10_MHZ_WIDTH 5_MHZ_WIDTH HE_MCS HE_NSS HE_GI HE_DCM HE_RU_ALLOC 320_MHZ_WIDTH EHT_MCS EHT_NSS EHT_GI EHT_RU_ALLOC',
	],
	['regulatoryHint', 'NL80211_ATTR_', regulatoryHint.fields, 'REG_ALPHA2 USER_REG_HINT_TYPE'],
	[
		'regulatoryMessage',
		'NL80211_ATTR_',
		regulatoryMessage.fields,
		'WIPHY REG_ALPHA2 REG_RULES DFS_REGION USER_REG_HINT_TYPE WIPHY_SELF_MANAGED_REG',
	],
	[
		'regulatoryRule',
		'NL80211_ATTR_',
		regulatoryRule.fields,
		'REG_RULE_FLAGS FREQ_RANGE_START FREQ_RANGE_END FREQ_RANGE_MAX_BW POWER_RULE_MAX_ANT_GAIN POWER_RULE_MAX_EIRP DFS_CAC_TIME',
	],
	[
		'bss',
		'NL80211_BSS_',
		bss.fields,
		'BSSID FREQUENCY TSF BEACON_INTERVAL CAPABILITY INFORMATION_ELEMENTS SIGNAL_MBM SIGNAL_UNSPEC STATUS SEEN_MS_AGO BEACON_IES CHAN_WIDTH BEACON_TSF PRESP_DATA LAST_SEEN_BOOTTIME PARENT_TSF PARENT_BSSID CHAIN_SIGNAL FREQUENCY_OFFSET',
	],
	['scanMessage', 'NL80211_ATTR_', scanMessage.fields, 'IFINDEX GENERATION BSS'],
	[
		'scanRequest',
		'NL80211_ATTR_',
		scanRequest.fields,
		'IFINDEX IE SCAN_FREQUENCIES SCAN_SSIDS SCAN_FLAGS MEASUREMENT_DURATION MEASUREMENT_DURATION_MANDATORY',
	],
	['stationMessage', 'NL80211_ATTR_', stationMessage.fields, 'IFINDEX MAC GENERATION STA_INFO'],
	[
		'bssParameters',
		'NL80211_STA_BSS_PARAM_',
		bssParameters.fields,
		'CTS_PROT SHORT_PREAMBLE SHORT_SLOT_TIME DTIM_PERIOD BEACON_INTERVAL',
	],
	[
		'stationDetail',
		'NL80211_STA_INFO_',
		stationDetail.fields,
		'INACTIVE_TIME RX_BYTES TX_BYTES LLID PLID PLINK_STATE SIGNAL TX_BITRATE RX_PACKETS TX_PACKETS TX_RETRIES TX_FAILED SIGNAL_AVG RX_BITRATE CONNECTED_TIME STA_FLAGS BEACON_LOSS T_OFFSET LOCAL_PM PEER_PM NONPEER_PM RX_BYTES64 TX_BYTES64 CHAIN_SIGNAL CHAIN_SIGNAL_AVG EXPECTED_THROUGHPUT RX_DROP_MISC BEACON_RX BEACON_SIGNAL_AVG RX_DURATION ACK_SIGNAL ACK_SIGNAL_AVG RX_MPDUS FCS_ERROR_COUNT CONNECTED_TO_GATE TX_DURATION AIRTIME_WEIGHT AIRTIME_LINK_METRIC ASSOC_AT_BOOTTIME CONNECTED_TO_AS BSS_PARAM TID_STATS',
	],
	['tidStatistics', 'NL80211_TID_STATS_', tidStatistics.fields, 'RX_MSDU TX_MSDU TX_MSDU_RETRIES TX_MSDU_FAILED'],
	[
		'survey',
		'NL80211_SURVEY_INFO_',
		survey.fields,
		'FREQUENCY NOISE IN_USE TIME TIME_BUSY TIME_EXT_BUSY TIME_RX TIME_TX TIME_SCAN TIME_BSS_RX FREQUENCY_OFFSET',
	],
	['surveyMessage', 'NL80211_ATTR_', surveyMessage.fields, 'IFINDEX SURVEY_INFO'],
	['surveyRequest', 'NL80211_ATTR_', surveyRequest.fields, 'IFINDEX SURVEY_RADIO_STATS'],
	[
		'band',
		'NL80211_BAND_ATTR_',
		band.fields,
		'FREQS RATES HT_MCS_SET HT_CAPA HT_AMPDU_FACTOR HT_AMPDU_DENSITY VHT_MCS_SET VHT_CAPA IFTYPE_DATA',
	],
	['bandRate', 'NL80211_BITRATE_ATTR_', bandRate.fields, 'RATE 2GHZ_SHORTPREAMBLE'],
	[
		'bandTypeData',
		'NL80211_BAND_IFTYPE_ATTR_',
		bandTypeData.fields,
		'IFTYPES HE_CAP_MAC HE_CAP_PHY HE_CAP_MCS_SET HE_CAP_PPE HE_6GHZ_CAPA EHT_CAP_MAC EHT_CAP_PHY EHT_CAP_MCS_SET EHT_CAP_PPE',
	],
	[
		'frequency',
		'NL80211_FREQUENCY_ATTR_',
		frequency.fields,
		'FREQ DISABLED NO_IR __NL80211_FREQUENCY_ATTR_NO_IBSS RADAR MAX_TX_POWER DFS_STATE DFS_TIME NO_HT40_MINUS NO_HT40_PLUS NO_80MHZ NO_160MHZ DFS_CAC_TIME INDOOR_ONLY IR_CONCURRENT NO_20MHZ NO_10MHZ NO_HE OFFSET NO_320MHZ NO_EHT',
	],
	[
		'interfaceCombination',
		'NL80211_IFACE_COMB_',
		interfaceCombination.fields,
		'LIMITS MAXNUM STA_AP_BI_MATCH NUM_CHANNELS RADAR_DETECT_WIDTHS RADAR_DETECT_REGIONS BI_MIN_GCD',
	],
	['interfaceLimit', 'NL80211_IFACE_LIMIT_', interfaceLimit.fields, 'MAX TYPES'],
	[
		'wiphyMessage',
		'NL80211_ATTR_',
		wiphyMessage.fields,
		'WIPHY WIPHY_NAME WIPHY_BANDS SUPPORTED_IFTYPES MAX_NUM_SCAN_SSIDS GENERATION SUPPORTED_COMMANDS MAX_SCAN_IE_LEN CIPHER_SUITES WIPHY_RETRY_SHORT WIPHY_RETRY_LONG WIPHY_COVERAGE_CLASS WIPHY_ANTENNA_TX WIPHY_ANTENNA_RX WIPHY_ANTENNA_AVAIL_TX WIPHY_ANTENNA_AVAIL_RX INTERFACE_COMBINATIONS SOFTWARE_IFTYPES FEATURE_FLAGS SUPPORT_5_MHZ SUPPORT_10_MHZ MAX_CSA_COUNTERS WIPHY_SELF_MANAGED_REG EXT_FEATURES',
	],
	['wiphyRequest', 'NL80211_ATTR_', wiphyRequest.fields, 'WIPHY IFINDEX SPLIT_WIPHY_DUMP'],
	['addressAttributes', 'IFA_', addressAttributes.fields, 'ADDRESS LOCAL LABEL BROADCAST FLAGS'],
	[
		'linkAttributes',
		'IFLA_',
		linkAttributes.fields,
		'ADDRESS BROADCAST IFNAME MTU LINK QDISC MASTER TXQLEN OPERSTATE LINKINFO STATS64 GROUP CARRIER CARRIER_CHANGES',
	],
	['linkInfo', 'IFLA_INFO_', linkInfo.fields, 'KIND SLAVE_KIND'],
	['neighbourAttributes', 'NDA_', neighbourAttributes.fields, 'DST LLADDR PROBES VLAN MASTER'],
	['nextHopAttributes', 'RTA_', nextHopAttributes.fields, 'GATEWAY VIA'],
	[
		'routeAttributes',
		'RTA_',
		routeAttributes.fields,
		'DST SRC IIF OIF GATEWAY PRIORITY PREFSRC MULTIPATH TABLE MARK VIA PREF',
	],
];

function kernelName(prefix: string, name: string): string {
	return name.startsWith('__') ? name : prefix + name;
}

const checked = test.macro({
	title: (title = '') => `numbers: ${title} has those of the kernel`,
	exec(t, prefix: string, fields: Fields, names: string) {
		const rows = Object.entries(fields);
		const words = names.split(' ');
		t.is(rows.length, words.length);
		rows.forEach(([name, field], index) => {
			const kernel = kernelName(prefix, words[index] ?? '');
			t.is(field.type, stored[kernel] ?? -1, `${name}: ${kernel}`);
			if (installed !== undefined) t.is(field.type, installed[kernel] ?? -1, `${name}: ${kernel}`);
		});
	},
});

for (const [title, prefix, fields, names] of tables) test(title, checked, prefix, fields, names);

const constants = test.macro({
	title: (title = '') => `numbers: ${title} are those of the kernel`,
	exec(t, prefix: string, values: Readonly<Record<string, number>>) {
		for (const [name, value] of Object.entries(values)) {
			t.is(value, stored[prefix + name] ?? -1, name);
			if (installed !== undefined) t.is(value, installed[prefix + name] ?? -1, name);
		}
	},
});

test('commands', constants, 'NL80211_CMD_', {...command});
const {AF_UNSPEC, AF_INET, AF_BRIDGE, AF_INET6, ...routeMessages} = messageType;
test('message types and groups', constants, '', routeMessages);

test('numbers: address families are those of Linux', t => {
	t.deepEqual([AF_UNSPEC, AF_INET, AF_BRIDGE, AF_INET6], [0, 2, 7, 10]);
});
