// SPDX-License-Identifier: Apache-2.0

// Numbers of enum nl80211_commands, Linux include/uapi/linux/nl80211.h: those we send, answer or listen to.
// Single constants, so that the bundler drops the ones nobody uses: `import * as command`.

export const GET_WIPHY = 1;
export const SET_WIPHY = 2;
export const NEW_WIPHY = 3;
export const DEL_WIPHY = 4;
export const GET_INTERFACE = 5;
export const SET_INTERFACE = 6;
export const NEW_INTERFACE = 7;
export const DEL_INTERFACE = 8;
export const GET_STATION = 17;
export const SET_STATION = 18;
export const NEW_STATION = 19;
export const DEL_STATION = 20;
export const GET_MPATH = 21;
export const SET_MPATH = 22;
export const NEW_MPATH = 23;
export const DEL_MPATH = 24;
export const REQ_SET_REG = 27;
export const GET_MESH_CONFIG = 28;
export const SET_MESH_CONFIG = 29;
export const GET_REG = 31;
export const GET_SCAN = 32;
export const TRIGGER_SCAN = 33;
export const NEW_SCAN_RESULTS = 34;
export const SCAN_ABORTED = 35;
export const REG_CHANGE = 36;
export const REG_BEACON_HINT = 42;
export const JOIN_IBSS = 43;
export const LEAVE_IBSS = 44;
export const GET_SURVEY = 50;
export const NEW_SURVEY_RESULTS = 51;
export const SET_CHANNEL = 65;
export const JOIN_MESH = 68;
export const LEAVE_MESH = 69;
export const NEW_PEER_CANDIDATE = 72;
export const CH_SWITCH_NOTIFY = 88;
export const RADAR_DETECT = 94;
export const GET_PROTOCOL_FEATURES = 95;
export const CHANNEL_SWITCH = 102;
export const CH_SWITCH_STARTED_NOTIFY = 110;
export const WIPHY_REG_CHANGE = 113;
export const ABORT_SCAN = 114;
