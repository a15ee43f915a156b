// SPDX-License-Identifier: Apache-2.0
export {UciDocument} from './document.ts';
export {DUPLICATE, INVALID_ARGUMENT, IO_ERROR, NOT_FOUND, PARSE_ERROR, UciError} from './error.ts';
export {exportPackage, exportText} from './export.ts';
export {type Found, type UciFiles, UciFolder, type UciFolders} from './folder.ts';
export {lookUp, type Pointer, parsePointer, type Target} from './operation.ts';
export {type Change, findOption, findSection, type Option, type Package, type Section, type Span} from './package.ts';
export {mergeInto, type ParseOptions, parsePackage, parsePackages} from './parse.ts';
export {changesText, optionLine, packageText, sectionText, valueText} from './show.ts';
