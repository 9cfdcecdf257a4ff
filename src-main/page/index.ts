export { listPageFiles, type PageFile, type PageFiles, pageFileOf } from "./page-files.ts";
export { PAGE_HEADERS } from "./page-headers.ts";
