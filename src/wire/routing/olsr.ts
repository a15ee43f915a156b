// SPDX-License-Identifier: Apache-2.0
import {
	isDefault,
	numberOf,
	optional,
	parseRecord,
	type Route,
	type RoutingLink,
	type RoutingTable,
	recordsOf,
	textOf,
} from './table.ts';

// olsrd (OLSRv1) answers '/links' and '/routes' on the port of its jsoninfo plugin with JSON, OONF's olsrd2 (OLSRv2)
// '/nhdpinfo jsonraw link' and '/olsrv2info jsonraw route' on its telnet port.
// Source: olsrd lib/jsoninfo; OONF nhdpinfo, olsrv2info.

export const OLSR_REQUEST = '/links/routes';
export const OLSR2_LINKS_REQUEST = '/nhdpinfo jsonraw link/quit\n';
export const OLSR2_ROUTES_REQUEST = '/olsrv2info jsonraw route/quit\n';

/** Costs were integers of 1/1024 before they became the ETX itself; no way costs as little as the smallest of those. */
const FIXED_POINT = 1024;
const OLSR_BROKEN_ETX = 1000;

const etxOf = (cost: number | undefined): number | undefined => {
	if (cost === undefined || cost < 1) return undefined;
	const etx = cost >= FIXED_POINT ? cost / FIXED_POINT : cost;
	return etx > OLSR_BROKEN_ETX ? undefined : etx;
};

/** Reads one answer that has links and routes. Errors: DecodeError. */
export function decodeOlsr(text: string): RoutingTable {
	const answer = parseRecord(text, 'olsr');
	const links = recordsOf(answer, 'links', 'olsr').map(
		(link): RoutingLink => ({
			interface: typeof link.ifName === 'string' ? link.ifName : textOf(link, 'olsrInterface', 'olsr.links'),
			peer: textOf(link, 'remoteIP', 'olsr.links'),
			...optional('etx', etxOf(numberOf(link, 'linkCost'))),
		}),
	);
	const routes = recordsOf(answer, 'routes', 'olsr').map(
		(route): Route => ({
			destination: `${textOf(route, 'destination', 'olsr.routes')}/${numberOf(route, 'genmask') ?? 32}`,
			nextHop: textOf(route, 'gateway', 'olsr.routes'),
			interface: textOf(route, 'networkInterface', 'olsr.routes'),
			...optional('etx', numberOf(route, 'etx') ?? etxOf(numberOf(route, 'rtpMetricCost'))),
			...optional('hops', numberOf(route, 'metric')),
		}),
	);
	return {links, routes, gateways: gatewaysOf(routes)};
}

/** What the route metric of 128 bit/s, the least there is, looks like. Source: OONF's ff_dat_metric (RFC 7779). */
const DAT_SLOWEST = 16_776_960;
const DAT_SLOWEST_BPS = 128;

function throughputOf(raw: number | undefined): number | undefined {
	return raw === undefined || raw < 1 ? undefined : (DAT_SLOWEST_BPS * DAT_SLOWEST) / raw / 1000;
}

/**
 * Reads the answers about links and routes. Errors: DecodeError.
 *
 * Absent: metrics that are not of the directional air time metric.
 */
export function decodeOlsr2(linksText: string, routesText: string): RoutingTable {
	const links = recordsOf(parseRecord(linksText, 'olsr2'), 'link', 'olsr2').filter(
		link => link.link_status === 'symmetric',
	);
	const routes = recordsOf(parseRecord(routesText, 'olsr2'), 'route', 'olsr2').map((route): Route => {
		const destination = textOf(route, 'route_dst', 'olsr2.route');
		return {
			destination: destination.includes('/') ? destination : `${destination}/${destination.includes(':') ? 128 : 32}`,
			nextHop: textOf(route, 'route_gw', 'olsr2.route'),
			interface: textOf(route, 'route_if', 'olsr2.route'),
			...optional('throughputKbps', throughputOf(numberOf(route, 'domain_metric_out_raw'))),
			...optional('hops', numberOf(route, 'domain_path_hops')),
		};
	});
	return {
		links: links.map(link => ({
			interface: textOf(link, 'if', 'olsr2.link'),
			peer: textOf(link, 'link_bindto', 'olsr2.link'),
			...optional('throughputKbps', throughputOf(numberOf(link, 'domain_metric_out_raw'))),
		})),
		routes,
		gateways: gatewaysOf(routes),
	};
}

/** OLSR has no name for the way out in use: it is the next hop of the route to everywhere. */
function gatewaysOf(routes: readonly Route[]): RoutingTable['gateways'] {
	return routes
		.filter(({destination}) => isDefault(destination))
		.map(({nextHop, etx, throughputKbps, hops}) => ({
			gateway: nextHop,
			selected: true,
			...optional('etx', etx),
			...optional('throughputKbps', throughputKbps),
			...optional('hops', hops),
		}));
}
