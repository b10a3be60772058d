module github.com/ibid-archive/ibid

go 1.26.0
