// SPDX-License-Identifier: Apache-2.0

export type Content = Node | string | number | null | undefined | readonly unknown[];
export type Attributes = Readonly<Record<string, unknown>>;

/** Makes an element; attributes that are functions become event handlers, those without a value are left out. */
export function element(name: string, attributes?: Attributes, content?: Content): HTMLElement {
	const made = document.createElement(name);
	for (const [key, value] of Object.entries(attributes ?? {}))
		if (typeof value === 'function') made.addEventListener(key, value as EventListener);
		else if (value !== null && value !== undefined) made.setAttribute(key, String(value));
	return fillElement(made, content) as HTMLElement;
}

/**
 * Puts the content into a node, in place of what is there unless it is kept. As in LuCI: a text by itself is HTML, and what
 * stands in a list and is no node is text, whatever it is.
 */
export function fillElement(node: Node, content: Content, replace = true): Node {
	if (replace) node.textContent = '';
	if (content === null || content === undefined) return node;
	if (content instanceof Node) node.appendChild(content);
	else if (typeof content === 'object')
		for (const each of content) node.appendChild(each instanceof Node ? each : document.createTextNode(String(each)));
	else (node as HTMLElement).innerHTML = String(content);
	return node;
}
