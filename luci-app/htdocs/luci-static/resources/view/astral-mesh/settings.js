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
		['intervalS', _('Interval')],
		['publish', _('What is published')]
	],
	security: [
		['username', _('User name')],
		['password', _('Password')],
		['ca', _('Trusted certificates')],
		['certificate', _('Own certificate')],
		['key', _('Key of the certificate')],
		['pskIdentity', _('Shared key, identity')],
		['psk', _('Shared key')],
		['pseudonymKey', _('Key for names of foreign networks')]
	]
};
const uciName = name => name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);

function add(section, tab, name, title) {
	const {about, initial, parse, expected} = table.options[name];
	const choices = expected.split(' | ');
	const accepted = page.fill(_('Accepted: {expected}.'), {expected: _(expected)});
	const kind = choices.length > 1 ? form.ListValue : form.Value;
	const description = typeof initial === 'number' ? `${_(about)}. ${accepted}` : `${_(about)}.`;
	const option = section.taboption(tab, kind, uciName(name), title, description);
	if (choices.length > 1) {
		option.value('', page.fill(_('{value}, the preset'), {value: initial}));
		for (const choice of choices) option.value(choice);
	}
	option.placeholder = String(initial);
	option.password = 'secret' in table.options[name];
	option.validate = (_section, value) => value === '' || parse(value) !== void 0 || accepted;
}

return view.extend({
	render() {
		const map = new form.Map(
			'astral-mesh',
			_('Settings'),
			_('A value that the agent refuses changes nothing: the last good one stays in force, and the overview says so.')
		);
		const section = map.section(form.NamedSection, 'main', 'agent');
		section.tab('reporting', _('Reporting'));
		section.tab('security', _('Security'));
		section.tab('other', _('More'));
		const known = Object.entries(places);
		for (const [tab, names] of known) for (const [name, title] of names) add(section, tab, name, title);
		for (const name of Object.keys(table.options))
			if (!known.some(([, names]) => names.some(([each]) => each === name))) add(section, 'other', name, name);
		map.readonly = L.hasViewPermission() === false;
		return map.render();
	}
});
