// SPDX-License-Identifier: Apache-2.0
'use strict';
'require baseclass';

const options = {
	node: ["The node's name in topics. Empty: the host name", '', 'at most 48 letters, digits, - and _'],
	broker: ['Where to report. Empty: nothing is sent', '', 'HOST:PORT or tls://HOST:PORT, an IPv6 address in brackets'],
	interval_s: ['Seconds between two reports', 60, [1, 3600]],
	keyframe_s: ['Seconds between two frames that can be read alone', 600, [1, 86400]],
	queue_bytes: ['Memory for what is not yet delivered', 524288, [16384, 8388608]],
	publish: ['The widest privacy class that is reported', 'community', ['public', 'community']],
	username: ['Name at the broker. Empty: none'],
	password: ['Password at the broker'],
	ca: ['File with the certificates of authorities we trust (PEM)'],
	certificate: ['File with our certificate (PEM)'],
	key: ['File with the key of our certificate (PEM)'],
	psk_identity: ['Identity for TLS with a shared key'],
	psk: ['Shared key for TLS, hexadecimal', '', 'an even number of hexadecimal digits'],
	pseudonym_key: ['Key of the names given to foreign networks, hexadecimal. Empty: a new one at each start', '', 'an even number of hexadecimal digits'],
	spectral_mode: ['Spectral scan', 'background', ['background', 'manual', 'chanscan', 'off']],
	spectral_percent: ['Spectral scan, per cent of time', 5, [1, 50]],
	routing: ['Routing protocols to ask; all: 802.11s own paths too', 'auto', ['auto', 'all', 'off']],
	routing_interval_s: ['Seconds between two questions to a routing protocol', 30, [5, 3600]],
	position: ['Where the router is. Empty: unsaid', '', 'LATITUDE,LONGITUDE, libremesh, gpsd://HOST:PORT or /dev/NAME:BAUD'],
	position_grid_m: ['Side of the squares that the position is rounded to, metres. 0: it is exact', 250, [0, 1e5]],
	survey_walk: ['Whether the router is carried about: reports each second, with the position', '0'],
	latency_targets: ['What to probe. Empty: nothing', '', 'gateway, neighbours, collector, addresses, udp://ADDRESS:PORT, with spaces between'],
	latency_per_minute: ['Probes a minute to each target', 20, [1, 60]],
	keep_alive_s: ['Seconds of silence after which the broker is asked whether it is there', 60, [5, 3600]],
	log_level: ['The least important message that is logged', 'notice', ['error', 'warning', 'notice', 'debug']],
	ubus_socket: ['Socket of ubusd. Empty: its usual place'],
	respondd: ['Whether respondd answers on UDP port 1001, for maps of the mesh', '0'],
	respondd_interfaces: ['Interfaces for respondd, with spaces between. Empty: all'],
	shared_state: ["Whether neighbours are given to LibreMesh's shared-state", '0'],
	participation: ['Part in choosing channels: none is changed but when active', 'observe', ['observe', 'active', 'stopped']],
	mesh_network: ["Name of the mesh: another's messages are ignored", 'mesh'],
	mesh_keys: ['Keys of the community: all are accepted, the first is used', '', '32 or more hexadecimal digits each'],
	mesh_key_file: ['File with 32 bytes, the key of this router alone. Empty: the first of mesh_keys'],
	mesh_allow: ["Routers' public keys that are accepted (Ed25519)", '', '64 hexadecimal digits each'],
	home_channels: ['Where routers look for each other when lost, one channel a band', '', 'MHz'],
	pinned_radios: ['Radios that stay on their channel, with spaces between'],
	quiet_hours: ['Hours (UTC) in which channels stay as they are', '', '0 to 23, with spaces between'],
	retunes_per_hour: ['Changes of a radio an hour at most', 2, [0, 20]],
	least_gain_percent: ['A change must make the mesh so much better', 10, [1, 90]],
	time_division: ['Radios or interfaces of the mesh that keep to time slots where that helps, with spaces between; all: every one. Empty: none'],
	engine_file: ['File that counts the starts', '/etc/astral-mesh/epoch'],
	jail: ['Whether the service runs in a jail (ujail), from its next start on', '0']
};
const secrets = ['password', 'psk', 'pseudonym_key', 'mesh_keys'];

return baseclass.extend({options, secrets});
