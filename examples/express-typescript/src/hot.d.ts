/// <reference types="hot-hook/import-meta" />
