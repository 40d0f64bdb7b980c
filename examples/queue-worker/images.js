/** The height of a picture, 16:9. */
export const heightOf = (width) => (width / 16) * 9
