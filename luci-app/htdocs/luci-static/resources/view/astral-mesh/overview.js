// SPDX-License-Identifier: Apache-2.0
'use strict';
'require view';
'require astral-mesh.page as page';

return view.extend({
	handleSave: null,
	handleSaveApply: null,
	handleReset: null,
	render() {
		return page.frame(_('Overview'), _('What the radios of this router do.'));
	},
});
