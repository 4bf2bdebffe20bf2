export * from "./comparison";
export * from "./elementwise";
export * from "./matmul";
export * from "./movement";
export * from "./peak";
export * from "./reduction";
