// SPDX-License-Identifier: Apache-2.0
import {_} from 'luci:globals';
import view from 'luci:view';
import * as page from '../module/page.ts';

export default view.extend({
	handleSave: null,
	handleSaveApply: null,
	handleReset: null,

	render() {
		return page.frame(_('Overview'), _('What the radios of this router do.'));
	},
});
