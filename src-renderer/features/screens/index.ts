export { ScreenshotViewer } from "./screenshot-viewer.tsx";
export { LogThumbnail, ScreenshotsPanel } from "./screenshots-panel.tsx";
