#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <type_traits>

#include "sqrtn/support/require.hpp"

namespace sqrtn {

/// Alignment of every owned tensor, in bytes: two cache lines, and at least one vector of any
/// SIMD target.
inline constexpr std::size_t tensor_alignment = 128;

/// Owned, aligned, uninitialised storage for `size` elements of a trivial type; empty is allowed.
/// Throws: std::bad_alloc if memory is short; std::invalid_argument if the byte count overflows.
template <class T>
class Buffer {
  static_assert(std::is_trivial_v<T>);

 public:
  Buffer() = default;
  explicit Buffer(std::size_t size) : size_(size) {
    require(size <= static_cast<std::size_t>(-1) / 2 / sizeof(T),
            "a buffer of {} elements of {} bytes overflows the address space", size, sizeof(T));
    data_.reset(static_cast<T*>(
        ::operator new (std::max<std::size_t>(size * sizeof(T), 1), std::align_val_t{tensor_alignment})));
  }
  Buffer(std::size_t size, T value) : Buffer(size) { std::fill_n(data(), size, value); }

  [[nodiscard]] T* data() { return data_.get(); }
  [[nodiscard]] const T* data() const { return data_.get(); }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::span<T> span() { return {data(), size_}; }
  [[nodiscard]] std::span<const T> span() const { return {data(), size_}; }
  T& operator[](std::size_t i) { return data_.get()[i]; }
  const T& operator[](std::size_t i) const { return data_.get()[i]; }

 private:
  struct Free {
    void operator()(T* p) const { ::operator delete (p, std::align_val_t{tensor_alignment}); }
  };
  std::unique_ptr<T[], Free> data_;
  std::size_t size_ = 0;
};

/// A vector in memory: `size` elements, `stride` ≥ 1 elements apart. Not owned.
template <class T>
struct VectorView {
  T* data = nullptr;
  std::size_t size = 0;
  std::size_t stride = 1;

  VectorView() = default;
  VectorView(T* data_, std::size_t size_, std::size_t stride_ = 1) : data(data_), size(size_), stride(stride_) {
    require(stride >= 1, "stride must be at least 1, got {}", stride);
  }
  VectorView(std::span<T> s) : data(s.data()), size(s.size()) {}
  T& operator[](std::size_t i) const { return data[i * stride]; }
  operator VectorView<const T>() const requires(!std::is_const_v<T>) { return {data, size, stride}; }
};

/// A row-major matrix in memory: element (i, j) at data[i·ld + j], ld ≥ max(1, cols). Not owned.
template <class T>
struct MatrixView {
  T* data = nullptr;
  std::size_t rows = 0;
  std::size_t cols = 0;
  std::size_t ld = 1;

  MatrixView() = default;
  MatrixView(T* data_, std::size_t rows_, std::size_t cols_, std::size_t ld_)
      : data(data_), rows(rows_), cols(cols_), ld(ld_) {
    require(ld >= std::max<std::size_t>(cols, 1), "ld must be at least max(1, cols) = {}, got {}",
            std::max<std::size_t>(cols, 1), ld);
  }
  MatrixView(T* data_, std::size_t rows_, std::size_t cols_)
      : MatrixView(data_, rows_, cols_, std::max<std::size_t>(cols_, 1)) {}
  T& operator()(std::size_t i, std::size_t j) const { return data[i * ld + j]; }
  [[nodiscard]] VectorView<T> row(std::size_t i) const { return {data + i * ld, cols}; }
  operator MatrixView<const T>() const requires(!std::is_const_v<T>) { return {data, rows, cols, ld}; }
};

/// An owned row-major matrix, uninitialised unless a value is given; ld defaults to max(1, cols).
template <class T>
class Matrix {
 public:
  Matrix(std::size_t rows, std::size_t cols) : Matrix(rows, cols, std::max<std::size_t>(cols, 1)) {}
  Matrix(std::size_t rows, std::size_t cols, std::size_t ld)
      : view_(nullptr, rows, cols, ld), storage_((check(rows, ld), rows * ld)) {
    view_.data = storage_.data();
  }
  Matrix(std::size_t rows, std::size_t cols, std::size_t ld, T value) : Matrix(rows, cols, ld) {
    std::fill_n(storage_.data(), storage_.size(), value);
  }

  [[nodiscard]] MatrixView<T> view() { return view_; }
  [[nodiscard]] MatrixView<const T> view() const { return view_; }
  [[nodiscard]] std::size_t rows() const { return view_.rows; }
  [[nodiscard]] std::size_t cols() const { return view_.cols; }
  [[nodiscard]] std::size_t ld() const { return view_.ld; }
  /// The whole storage, rows × ld, padding included.
  [[nodiscard]] std::span<T> storage() { return storage_.span(); }
  [[nodiscard]] std::span<const T> storage() const { return storage_.span(); }
  T& operator()(std::size_t i, std::size_t j) { return view_(i, j); }
  const T& operator()(std::size_t i, std::size_t j) const { return view_(i, j); }

 private:
  static void check(std::size_t rows, std::size_t ld) {
    require(rows == 0 || ld <= static_cast<std::size_t>(-1) / rows,
            "a matrix of {} rows with ld {} overflows the address space", rows, ld);
  }
  MatrixView<T> view_;
  Buffer<T> storage_;
};

}  // namespace sqrtn
