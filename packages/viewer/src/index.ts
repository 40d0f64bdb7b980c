export { dumpViewer } from './dump-viewer.ts'
export { type RefreshOptions, refresh, refreshTag } from './refresh/middleware.ts'
export { type Handler, type ViewerOptions, viewer } from './viewer.ts'
