#include "sqrtn/blas/reference.hpp"
