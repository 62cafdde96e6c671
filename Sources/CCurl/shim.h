#pragma once
#include <curl/curl.h>

// Swift cannot call C functions with variable arguments: each kind of option and of information gets a typed door.

static inline CURLcode lucid_curl_set_long(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode lucid_curl_set_string(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode lucid_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
  return curl_easy_setopt(handle, option, value);
}

typedef size_t (*lucid_curl_write)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode lucid_curl_set_write(CURL *handle, lucid_curl_write callback, void *context) {
  CURLcode code = curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, callback);
  return code ? code : curl_easy_setopt(handle, CURLOPT_WRITEDATA, context);
}

static inline CURLcode lucid_curl_set_header(CURL *handle, lucid_curl_write callback, void *context) {
  CURLcode code = curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, callback);
  return code ? code : curl_easy_setopt(handle, CURLOPT_HEADERDATA, context);
}

static inline CURLcode lucid_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(handle, option, value);
}

// CURLOPT_PROTOCOLS_STR replaced CURLOPT_PROTOCOLS in 7.85. Redirects are followed by the caller, one request each.
static inline CURLcode lucid_curl_set_web_only(CURL *handle) {
#if LIBCURL_VERSION_NUM >= 0x075500
  return curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
#else
  return curl_easy_setopt(handle, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

static inline CURLcode lucid_curl_get_long(CURL *handle, CURLINFO info, long *value) {
  return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode lucid_curl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
  return curl_easy_getinfo(handle, info, value);
}

// The string belongs to the handle and lives until its next transfer.
static inline CURLcode lucid_curl_get_string(CURL *handle, CURLINFO info, const char **value) {
  char *found = NULL;
  CURLcode code = curl_easy_getinfo(handle, info, &found);
  *value = found;
  return code;
}

// Helpers such as pip are started without handing down open files. glibc has these two, but shows them only under
// _GNU_SOURCE, which Swift's own module of it does not define.
#include <spawn.h>

extern int pipe2(int descriptors[2], int flags);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

// Reserves space for a file; with FALLOC_FL_KEEP_SIZE its size stays what was written.
extern int fallocate(int descriptor, int mode, off_t offset, off_t length);
static const int lucid_fallocate_keep_size = 1;
