// SPDX-License-Identifier: Apache-2.0
'use strict';
'require form';
'require view';
'require astral-mesh.options as table';
'require astral-mesh.page as page';

const places = {
	reporting: [
		['node', _('Name in the mesh')],
		['broker', _('Collector')],
		['interval_s', _('Interval')],
		['publish', _('What is published')]
	],
	security: [
		['username', _('User name')],
		['password', _('Password')],
		['ca', _('Trusted certificates')],
		['certificate', _('Own certificate')],
		['key', _('Key of the certificate')],
		['psk_identity', _('Shared key, identity')],
		['psk', _('Shared key')],
		['pseudonym_key', _('Key for names of foreign networks')]
	]
};

function isInRange(value, least, most) {
	return /^\d+$/.test(value) && Number(value) >= least && Number(value) <= most;
}

function add(section, tab, name, title) {
	const [about, preset = '', accepted = ''] = table.options[name];
	const isText = typeof accepted === 'string';
	const [least, most] = isText ? [] : accepted;
	const isRange = typeof least === 'number' && typeof most === 'number';
	const isChoice = !isText && !isRange;
	const words = isRange ? page.fill(_('a whole number from {least} to {most}'), {least, most}) : isText && accepted;
	const said = words ? page.fill(_('Accepted: {expected}.'), {expected: _(words)}) : '';
	const kind = isChoice ? form.ListValue : preset === '0' ? form.Flag : form.Value;
	const option = section.taboption(tab, kind, name, title, `${_(about)}. ${said}`);
	if (isChoice) {
		option.value('', page.fill(_('{value}, the preset'), {value: preset}));
		for (const choice of accepted) option.value(String(choice));
	}
	option.placeholder = String(preset);
	option.password = table.secrets.includes(name);
	if (isRange) option.validate = (_section, value) => value === '' || isInRange(value, least, most) || said;
}

return view.extend({
	render() {
		const map = new form.Map('astral-mesh', _('Settings'), _('A value that the agent refuses changes nothing: the last good one stays in force, and the overview says so.'));
		const section = map.section(form.NamedSection, 'main', 'agent');
		section.tab('reporting', _('Reporting'));
		section.tab('security', _('Security'));
		section.tab('other', _('More'));
		const known = Object.entries(places);
		for (const [tab, names] of known) for (const [name, title] of names) add(section, tab, name, title);
		for (const name of Object.keys(table.options)) if (!known.some(([, names]) => names.some(([each]) => each === name))) add(section, 'other', name, name);
		map.readonly = L.hasViewPermission() === false;
		return map.render();
	}
});
