#include "sqrtn/blas/products.hpp"
