#include "sqrtn/init/rules.hpp"
