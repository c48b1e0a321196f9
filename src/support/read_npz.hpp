#pragma once

#include <functional>
#include <string>

#include "support/stored_tensor.hpp"

namespace sqrtn {

/// The arrays in a NumPy .npz file: a ZIP archive of .npy files, stored or deflated, with 64-bit sizes where needed.
/// Nothing is written to any disk. What is deflated is unpacked into memory, at most 4 GiB of a file in all, no more
/// than its directory tells and no more than deflate can hold (1,032 bytes a byte); its checksum is compared.
/// Throws: std::invalid_argument for names with a path in them, entries that overlap, are encrypted or otherwise
/// packed, and all that read_npy refuses.
/// Source: PKWARE, APPNOTE.TXT 6.3.10, 4.3.
void read_npz(const std::string& path, const std::shared_ptr<const support::MappedFile>& file, TensorSet& set);

}  // namespace sqrtn
