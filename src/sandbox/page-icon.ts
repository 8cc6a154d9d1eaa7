/** The picture in the tab of the browser: two bubbles, for the two sides of a conversation. */

/** An SVG file. */
export const pageIcon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#4f46e5" d="M4 5h17a3 3 0 0 1 3 3v7a3 3 0 0 1-3 3H9l-5 4V5Z"/><path fill="#e0b872" d="M28 13v15l-5-4h-8a3 3 0 0 1-3-3v-1h9a5 5 0 0 0 5-5v-2h2Z"/></svg>\n';
