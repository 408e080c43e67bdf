-- AlterEnum
ALTER TYPE "request_kind" ADD VALUE 'repair';
