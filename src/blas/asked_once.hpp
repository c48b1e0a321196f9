#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <utility>

namespace sqrtn::blas {

/// A function that asks `ask(key, more…)` once for each key and answers from memory afterwards, whatever thread calls
/// it. Its copies share that memory.
template <class Key, class Answer, class Ask>
auto asked_once(Ask ask) {
  struct Known {
    std::mutex mutex;
    std::map<Key, Answer> answers;
  };
  return [ask = std::move(ask), known = std::make_shared<Known>()](const Key& key, const auto&... more) {
    const std::lock_guard lock(known->mutex);
    const auto [found, is_new] = known->answers.try_emplace(key);
    if (is_new) found->second = ask(key, more...);
    return found->second;
  };
}

}  // namespace sqrtn::blas
