export type { ScreenshotRecords, StoredScreenshot } from "./screenshot-records.ts";
export { Screenshots, type ScreenshotsDeps } from "./screenshots.ts";
