export const format = (price: number) => `EUR ${price.toFixed(2)}`
