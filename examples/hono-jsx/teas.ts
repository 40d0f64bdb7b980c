export const teas = Array.from({ length: 100 }, (_, index) => `Tea no. ${index + 1}`)
