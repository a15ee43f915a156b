// SPDX-License-Identifier: Apache-2.0
// The bundler turns these imports into one style sheet.
declare module '*.css';
