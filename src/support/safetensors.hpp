#pragma once

#include <functional>
#include <string>

#include "support/stored_tensor.hpp"

/// The format of Hugging Face's safetensors: 8 bytes with the length of a JSON header, the header, then the values.
/// Source: github.com/huggingface/safetensors, README.md, "Format".
namespace sqrtn {

/// All floating-point tensors of the file, in the order of their bytes; those of other types, and empty ones, are
/// skipped with the reason.
/// Throws: std::invalid_argument for a header of more than 100 MB or longer than the file, one that is not strict JSON
/// of the known fields, a name or field that stands twice, an unknown dtype, a shape whose product overflows or is not
/// the range's size, and ranges that overlap, leave a gap or miss the file's end.
void read_safetensors(const std::string& path, const std::shared_ptr<const support::MappedFile>& file, TensorSet& set);

/// The files that an index of shards (model.safetensors.index.json) names, each beside it, and which tensors each
/// holds.
struct ShardIndex {
  struct Shard {
    std::string file;                  ///< without a folder
    std::vector<std::string> tensors;  ///< that must be there
  };
  std::vector<Shard> shards;
};

/// Throws: std::invalid_argument for what is no such index, or names a file in another folder.
ShardIndex read_shard_index(const std::string& path, std::string_view text);

/// A tensor to be written: `fill(first, part)` is asked for consecutive parts.
template <class T>
struct TensorToWrite {
  std::string name;
  Shape shape;
  std::function<void(std::size_t first, std::span<T> part)> fill;
};

/// Writes float or double tensors, or of floats rounded to nearest those of 16 bits, larger than memory if need be. The
/// file is written beside and renamed; "-" is standard output. Throws: std::system_error with the path and the reason.
template <class T>
void write_safetensors(const std::string& path, const std::vector<TensorToWrite<T>>& tensors,
                       Dtype stored = native_dtype<T>);

extern template void write_safetensors<float>(const std::string&, const std::vector<TensorToWrite<float>>&, Dtype);
extern template void write_safetensors<double>(const std::string&, const std::vector<TensorToWrite<double>>&, Dtype);

}  // namespace sqrtn
